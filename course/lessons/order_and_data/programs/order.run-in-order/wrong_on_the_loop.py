# gets: blocks-the-loop
# breaks: threads
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        result = self.tasks[name].task(*self.arguments_for(name, results))
        results[name] = await result if inspect.isawaitable(result) else result
    return results
