# gets: wrong-arguments
async def diamond(load, clean, count, save):
    rows = await load()
    both = await asyncio.gather(asyncio.to_thread(clean, rows), count(rows))
    await save(both)
