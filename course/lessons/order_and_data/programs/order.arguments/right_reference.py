def arguments_for(self, name: str, results: dict[str, Any]) -> list[Any]:
    """The results that the task `name` is called with."""
    return [results[dependency] for dependency in self.tasks[name].depends_on]
