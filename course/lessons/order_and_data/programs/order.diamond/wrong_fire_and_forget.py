# gets: save-not-awaited
async def diamond(load, clean, count, save):
    rows = await load()
    cleaned, counted = await asyncio.gather(asyncio.to_thread(clean, rows), count(rows))
    saving = asyncio.create_task(save(cleaned, counted))
    await asyncio.sleep(0)
