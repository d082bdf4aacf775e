# gets: left-out
async def diamond(load, clean, count, save):
    rows = await load()
    cleaned = await asyncio.to_thread(clean, rows)
    await save(cleaned, asyncio.to_thread(count, rows))
