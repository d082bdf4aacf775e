# gets: blocks-the-loop
# breaks: together
async def diamond(load, clean, count, save) -> None:
    rows = await load()

    async def on_loop():
        return clean(rows)

    cleaned, counted = await asyncio.gather(on_loop(), run_in_threadpool(lambda: asyncio.run(count(rows))))
    await save(cleaned, counted)
