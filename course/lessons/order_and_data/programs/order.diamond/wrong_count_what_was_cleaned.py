# gets: rows
async def diamond(load, clean, count, save):
    rows = await load()
    cleaned = await asyncio.to_thread(clean, rows)
    counted = await count(cleaned)
    await save(cleaned, counted)
