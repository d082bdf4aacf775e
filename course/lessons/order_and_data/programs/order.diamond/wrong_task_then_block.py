# gets: blocks-the-loop
async def diamond(load, clean, count, save):
    rows = await load()
    counting = asyncio.create_task(count(rows))
    cleaned = clean(rows)
    await save(cleaned, await counting)
