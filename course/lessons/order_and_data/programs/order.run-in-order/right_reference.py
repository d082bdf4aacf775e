async def run_in_order(self) -> dict[str, Any]:
    """Run every task once, one after the other; return the results by name."""
    results = {}
    for name in self.resolve_dependencies():
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
    return results
