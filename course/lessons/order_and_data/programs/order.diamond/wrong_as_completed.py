# gets: wrong-arguments
# breaks: results
async def diamond(load, clean, count, save) -> None:
    rows = await load()
    results = []
    for each in asyncio.as_completed([run_in_threadpool(clean, rows), count(rows)]):
        results.append(await each)
    await save(*results)
