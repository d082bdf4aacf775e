import anyio
import anyio.to_thread


async def diamond(load, clean, count, save):
    rows = await load()
    found = {}

    async def cleaning():
        found["clean"] = await anyio.to_thread.run_sync(clean, rows)

    async def counting():
        found["count"] = await count(rows)

    async with anyio.create_task_group() as group:
        group.start_soon(counting)
        group.start_soon(cleaning)
    await save(found["clean"], found["count"])
