# gets: wrong-arguments
# breaks: results
async def diamond(load, clean, count, save) -> None:
    rows = await load()
    counting = asyncio.create_task(count(rows))
    cleaned = await run_in_threadpool(clean, rows)
    await asyncio.sleep(0.05)
    await save(cleaned, counting.result() if counting.done() else None)
