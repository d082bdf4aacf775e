async def run_limited(self, limit: int) -> dict[str, Any]:
    """Like run, with at most `limit` tasks running at the same time."""
    return ____
