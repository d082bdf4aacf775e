async def run(self) -> dict[str, Any]:
    """Run every task once, as soon as all it waits for is done; return the results by name."""
    results = {}
    order = self.resolve_dependencies()
    ____
    return results
