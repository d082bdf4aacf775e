# gets: one-after-the-other
async def diamond(load, clean, count, save):
    rows = await load()
    cleaning = run_in_threadpool(clean, rows)
    counting = count(rows)
    await save(await cleaning, await counting)
