async def diamond(load, clean, count, save):
    rows = await load()
    cleaning = asyncio.get_running_loop().run_in_executor(None, clean, rows)  # starts at once
    counted = await count(rows)
    await save(await cleaning, counted)
