# gets: left-out
# breaks: once
async def diamond(load, clean, count, save) -> None:
    rows = await load()
    if not rows:
        return
    cleaned, counted = await asyncio.gather(run_in_threadpool(clean, rows), count(rows))
    await save(cleaned, counted)
