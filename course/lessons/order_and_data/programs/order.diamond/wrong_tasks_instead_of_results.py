# gets: wrong-arguments
async def diamond(load, clean, count, save):
    rows = await load()
    async with asyncio.TaskGroup() as group:
        cleaning = group.create_task(asyncio.to_thread(clean, rows))
        counting = group.create_task(count(rows))
    await save("cleaning", "counting")
