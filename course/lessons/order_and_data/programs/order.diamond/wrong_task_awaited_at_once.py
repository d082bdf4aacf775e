# gets: one-after-the-other
async def diamond(load, clean, count, save):
    rows = await load()
    counted = await asyncio.create_task(count(rows))
    cleaned = await asyncio.create_task(asyncio.to_thread(clean, rows))
    await save(cleaned, counted)
