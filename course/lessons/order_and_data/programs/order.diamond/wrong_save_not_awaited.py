# gets: save-not-awaited
# breaks: end
async def diamond(load, clean, count, save) -> None:
    rows = await load()
    cleaned, counted = await asyncio.gather(run_in_threadpool(clean, rows), count(rows))
    asyncio.create_task(save(cleaned, counted))
