# gets: twice
# breaks: once
async def diamond(load, clean, count, save) -> None:
    async def a():
        return await asyncio.to_thread(clean, await load())

    async def b():
        return await count(await load())

    await save(*await asyncio.gather(a(), b()))
