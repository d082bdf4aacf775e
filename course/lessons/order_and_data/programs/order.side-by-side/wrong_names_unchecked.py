# gets: takes-an-unknown-name
def trusting(self):
    """Everyone spells names right."""


def sorted_by_graphlib(self):
    return list(
        TopologicalSorter({name: node.depends_on for name, node in self.tasks.items()}).static_order()
    )


class MyTaskManager:
    def __init__(self):
        self.tasks = {}

    add_task = add_task
    check_names = trusting
    find_cycle = find_cycle
    resolve_dependencies = sorted_by_graphlib
    arguments_for = arguments_for
    run = run
