from difflib import get_close_matches


def check_names(self):
    for name, node in self.tasks.items():
        missing = set(node.depends_on) - self.tasks.keys()
        if missing:
            wrong = min(missing)
            near = get_close_matches(wrong, self.tasks)
            raise GraphError(f"{name} -> {wrong}? did you mean {near}?")
