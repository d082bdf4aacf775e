# gets: wrong-arguments
async def diamond(load, clean, count, save):
    rows = await load()
    counted, cleaned = await asyncio.gather(count(rows), asyncio.to_thread(clean, rows))
    await save(counted, cleaned)
