async def diamond(load, clean, count, save) -> None:
    """Load, then clean and count the rows at the same time, then save what both returned."""
    rows = await load()
    async with asyncio.TaskGroup() as group:
        cleaning = group.create_task(run_in_threadpool(clean, rows))
        counting = group.create_task(count(rows))
    await save(cleaning.result(), counting.result())
