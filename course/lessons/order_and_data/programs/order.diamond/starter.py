async def diamond(load, clean, count, save) -> None:
    """Load, then clean and count the rows at the same time, then save what both returned."""
    rows = await load()
    ____
