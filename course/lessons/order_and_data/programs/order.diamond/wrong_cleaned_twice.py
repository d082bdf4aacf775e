# gets: twice
async def diamond(load, clean, count, save):
    rows = await load()
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.to_thread(clean, rows))
        counting = group.create_task(count(rows))
    await save(await asyncio.to_thread(clean, rows), counting.result())
