# gets: saved-after-failure
# breaks: failure
async def diamond(load, clean, count, save) -> None:
    rows = await load()
    cleaned, counted = await asyncio.gather(
        asyncio.to_thread(clean, rows), count(rows), return_exceptions=True
    )
    await save(cleaned, counted)
