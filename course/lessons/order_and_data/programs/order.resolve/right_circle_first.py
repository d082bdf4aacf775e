def resolve_dependencies(self):
    self.check_names()
    circle = self.find_cycle()
    if circle:
        raise GraphError("\n waits for ".join(circle))
    left = {n: set(node.depends_on) for n, node in self.tasks.items()}
    order = [n for n in left if not left[n]]
    for name in order:
        for other, needs in left.items():
            if name in needs:
                needs.discard(name)
                if not needs:
                    order.append(other)
    return order
