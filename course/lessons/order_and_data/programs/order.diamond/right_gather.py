async def diamond(load, clean, count, save):
    rows = await load()
    cleaned, counted = await asyncio.gather(asyncio.to_thread(clean, rows), count(rows))
    await save(cleaned, counted)
