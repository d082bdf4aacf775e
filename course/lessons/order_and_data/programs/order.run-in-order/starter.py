async def run_in_order(self) -> dict[str, Any]:
    """Run every task once, one after the other; return the results by name."""
    results = {}
    for name in ____:
        results[name] = ____
    return results
