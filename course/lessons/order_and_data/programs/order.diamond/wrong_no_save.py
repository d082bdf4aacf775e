# gets: left-out
async def diamond(load, clean, count, save):
    rows = await load()
    await asyncio.gather(asyncio.to_thread(clean, rows), count(rows))
