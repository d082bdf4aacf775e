import networkx


def find_cycle(self):
    arrows = [(d, name) for name, node in self.tasks.items() for d in node.depends_on]
    try:
        found = networkx.find_cycle(networkx.DiGraph(arrows))
    except networkx.NetworkXNoCycle:
        return ()
    return [found[0][0]] + [end for _, end in found]
