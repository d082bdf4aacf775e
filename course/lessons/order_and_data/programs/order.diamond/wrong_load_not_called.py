# gets: rows
async def diamond(load, clean, count, save):
    rows = await load()
    cleaned, counted = await asyncio.gather(asyncio.to_thread(clean, load), count(load))
    await save(cleaned, counted)
