# gets: blocks-the-loop
async def diamond(load, clean, count, save):
    rows = await load()

    async def clean_async():
        return clean(rows)

    async with asyncio.TaskGroup() as group:
        cleaning = group.create_task(clean_async())
        counting = group.create_task(count(rows))
    await save(cleaning.result(), counting.result())
