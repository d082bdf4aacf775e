# gets: error-lost
# breaks: failure
async def diamond(load, clean, count, save) -> None:
    rows = await load()
    counting = asyncio.create_task(count(rows))
    try:
        cleaned = await run_in_threadpool(clean, rows)
    except Exception:
        return
    await save(cleaned, await counting)
