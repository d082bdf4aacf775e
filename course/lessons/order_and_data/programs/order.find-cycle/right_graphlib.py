from graphlib import CycleError


def find_cycle(self):
    try:
        TopologicalSorter({name: node.depends_on for name, node in self.tasks.items()}).prepare()
    except CycleError as error:
        return error.args[1]
    return []
