# gets: not-a-list
def find_cycle(self) -> list[str]:
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    while free := [name for name, needs in standing.items() if not any(d in standing for d in needs)]:
        for name in free:
            del standing[name]
    return bool(standing)
