# gets: one-after-the-other
async def diamond(load, clean, count, save):
    rows = await load()
    cleaned = await run_in_threadpool(clean, rows)
    counted = await count(rows)
    await save(cleaned, counted)
