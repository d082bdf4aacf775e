from concurrent.futures import ThreadPoolExecutor


async def diamond(load, clean, count, save):
    rows = await load()
    with ThreadPoolExecutor(1) as pool:
        cleaning = pool.submit(clean, rows)
        counted = await count(rows)
        cleaned = await asyncio.wrap_future(cleaning)
    await save(cleaned, counted)
