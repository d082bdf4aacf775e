# %% starter
def find_cycle(self) -> list[str]:
    """The names along one circle, the first again at the end; an empty list if there is none."""
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    ____


# %% right reference
def find_cycle(self) -> list[str]:
    """The names along one circle, the first again at the end; an empty list if there is none."""
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    while free := [name for name, needs in standing.items() if not any(d in standing for d in needs)]:
        for name in free:
            del standing[name]
    if not standing:
        return []
    path = [next(iter(standing))]
    while path[-1] not in path[:-1]:
        path.append(next(d for d in standing[path[-1]] if d in standing))
    return path[path.index(path[-1]) :]


# %% right depth_first
def find_cycle(self):
    done, path = set(), []

    def visit(name):
        if name in path:
            return path[path.index(name) :] + [name]
        if name in done:
            return []
        path.append(name)
        for dependency in self.tasks[name].depends_on:
            if found := visit(dependency):
                return found
        path.pop()
        done.add(name)
        return []

    for name in self.tasks:
        if found := visit(name):
            return found
    return []


# %% right graphlib
from graphlib import CycleError


def find_cycle(self):
    try:
        TopologicalSorter({name: node.depends_on for name, node in self.tasks.items()}).prepare()
    except CycleError as error:
        return error.args[1]
    return []


# %% right networkx
import networkx


def find_cycle(self):
    arrows = [(d, name) for name, node in self.tasks.items() for d in node.depends_on]
    try:
        found = networkx.find_cycle(networkx.DiGraph(arrows))
    except networkx.NetworkXNoCycle:
        return ()
    return [found[0][0]] + [end for _, end in found]


# %% right shortest
def find_cycle(self):
    best = []
    for start in self.tasks:
        paths = [[start]]
        seen = set()
        while paths:
            path = paths.pop(0)
            for d in self.tasks[path[-1]].depends_on:
                if d == start:
                    found = [*path, d]
                    if not best or len(found) < len(best):
                        best = found
                    paths = []
                    break
                if d not in seen:
                    seen.add(d)
                    paths.append([*path, d])
    return best


# %% wrong eats_the_graph gets changed
def find_cycle(self):
    while free := [
        name for name, node in self.tasks.items() if not any(d in self.tasks for d in node.depends_on)
    ]:
        for name in free:
            del self.tasks[name]
    if not self.tasks:
        return []
    path = [next(iter(self.tasks))]
    while path[-1] not in path[:-1]:
        path.append(next(d for d in self.tasks[path[-1]].depends_on if d in self.tasks))
    return path[path.index(path[-1]) :]


# %% wrong deletes_tasks gets changed breaks unchanged
def find_cycle(self):
    standing = self.tasks
    while free := [n for n, node in standing.items() if not any(d in standing for d in node.depends_on)]:
        for n in free:
            del standing[n]
    if not standing:
        return []
    walk = [next(iter(standing))]
    while walk.count(walk[-1]) < 2:
        walk.append(next(d for d in standing[walk[-1]].depends_on if d in standing))
    return walk[walk.index(walk[-1]) :]


# %% wrong everything gets not-names
def find_cycle(self):
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    return [*standing, next(iter(standing), None)]


# %% wrong seen_before gets false-alarm
def find_cycle(self):
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    seen = []

    def visit(name):
        if name in seen:
            return [*seen, name]
        seen.append(name)
        for need in standing[name]:
            if found := visit(need):
                return found
        return []

    for name in standing:
        seen.clear()
        if found := visit(name):
            return found
    return []


# %% wrong from_the_first_only gets missed
def find_cycle(self):
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    path = list(standing)[:1]
    while path:
        needs = standing[path[-1]]
        if not needs:
            return []
        if needs[0] in path:
            return path[path.index(needs[0]) :] + [needs[0]]
        path.append(needs[0])
    return []


# %% wrong only_itself gets missed-two
def find_cycle(self):
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    return [name for name, needs in standing.items() if name in needs]


# %% wrong only_pairs gets missed
def find_cycle(self):
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    for name, needs in standing.items():
        for need in needs:
            if need != name and name in standing[need]:
                return [name, need, name]
    return []


# %% wrong long_only gets missed breaks path
def find_cycle(self):
    for a, na in self.tasks.items():
        for b in na.depends_on:
            if b == a:
                return [a, a]
            for c in self.tasks[b].depends_on:
                if c == a:
                    return [a, b, a]
                for d in self.tasks[c].depends_on:
                    if d == a:
                        return [a, b, c, a]
    return []


# %% wrong second_component gets missed breaks path
def find_cycle(self):
    start = next((n for n, node in self.tasks.items() if node.depends_on), None)
    if start is None:
        return []

    def walk(path):
        for d in self.tasks[path[-1]].depends_on:
            if d in path:
                return [*path[path.index(d) :], d]
            if found := walk([*path, d]):
                return found
        return []

    return walk([start])


# %% wrong self_loop_missed gets missed breaks path
def find_cycle(self):
    standing = {name: [d for d in node.depends_on if d != name] for name, node in self.tasks.items()}
    while free := [n for n, needs in standing.items() if not any(d in standing for d in needs)]:
        for n in free:
            del standing[n]
    if not standing:
        return []
    walk = [next(iter(standing))]
    while walk.count(walk[-1]) < 2:
        walk.append(next(d for d in standing[walk[-1]] if d in standing))
    return walk[walk.index(walk[-1]) :]


# %% wrong says_yes_or_no gets not-a-list
def find_cycle(self) -> list[str]:
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    while free := [name for name, needs in standing.items() if not any(d in standing for d in needs)]:
        for name in free:
            del standing[name]
    return bool(standing)


# %% wrong none gets not-a-list breaks none
def find_cycle(self):
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    while free := [n for n, needs in standing.items() if not any(d in standing for d in needs)]:
        for n in free:
            del standing[n]
    if not standing:
        return None
    walk = [next(iter(standing))]
    while walk.count(walk[-1]) < 2:
        walk.append(next(d for d in standing[walk[-1]] if d in standing))
    return walk[walk.index(walk[-1]) :]


# %% wrong string gets not-a-list breaks path
def find_cycle(self):
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    while free := [n for n, needs in standing.items() if not any(d in standing for d in needs)]:
        for n in free:
            del standing[n]
    if not standing:
        return []
    walk = [next(iter(standing))]
    while walk.count(walk[-1]) < 2:
        walk.append(next(d for d in standing[walk[-1]] if d in standing))
    return " -> ".join(walk[walk.index(walk[-1]) :])


# %% wrong all_that_stand gets not-along-arrows
def find_cycle(self):
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    while free := [name for name, needs in standing.items() if not any(d in standing for d in needs)]:
        for name in free:
            del standing[name]

    if not standing:
        return []
    return [*standing, next(iter(standing))]


# %% wrong functions gets not-along-arrows
def find_cycle(self):
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    while free := [name for name, needs in standing.items() if not any(d in standing for d in needs)]:
        for name in free:
            del standing[name]

    if not standing:
        return []
    path = [next(iter(standing))]
    while path[-1] not in path[:-1]:
        path.append(next(d for d in standing[path[-1]] if d in standing))
    return [name.upper() for name in path[path.index(path[-1]) :]]


# %% wrong not_closed gets not-closed
def find_cycle(self):
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    while free := [name for name, needs in standing.items() if not any(d in standing for d in needs)]:
        for name in free:
            del standing[name]

    if not standing:
        return []
    path = [next(iter(standing))]
    while True:
        step = next(d for d in standing[path[-1]] if d in standing)
        if step in path:
            return path[path.index(step) :]
        path.append(step)


# %% wrong with_the_way_there gets not-closed
def find_cycle(self):
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    while free := [name for name, needs in standing.items() if not any(d in standing for d in needs)]:
        for name in free:
            del standing[name]

    if not standing:
        return []
    path = [next(iter(standing))]
    while path[-1] not in path[:-1]:
        path.append(next(d for d in standing[path[-1]] if d in standing))
    return path


# %% wrong round_twice gets not-closed breaks closed
def find_cycle(self):
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    while free := [name for name, needs in standing.items() if not any(d in standing for d in needs)]:
        for name in free:
            del standing[name]
    if not standing:
        return []
    path = [next(iter(standing))]
    while path[-1] not in path[:-2]:
        path.append(next(d for d in standing[path[-1]] if d in standing))
    return path[path.index(path[-1]) :]


# %% wrong unclosed_two gets not-closed breaks closed
def find_cycle(self):
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    while free := [n for n, needs in standing.items() if not any(d in standing for d in needs)]:
        for n in free:
            del standing[n]
    if not standing:
        return []
    walk = [next(iter(standing))]
    while walk.count(walk[-1]) < 2:
        walk.append(next(d for d in standing[walk[-1]] if d in standing))
    path = walk[walk.index(walk[-1]) :]
    return path if len(path) == 2 else path[:-1]


# %% wrong all_circles gets not-names breaks path
def find_cycle(self):
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    while free := [n for n, needs in standing.items() if not any(d in standing for d in needs)]:
        for n in free:
            del standing[n]
    if not standing:
        return []
    walk = [next(iter(standing))]
    while walk.count(walk[-1]) < 2:
        walk.append(next(d for d in standing[walk[-1]] if d in standing))
    return [walk[walk.index(walk[-1]) :]]


# %% wrong nodes gets not-names breaks path
def find_cycle(self):
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    while free := [n for n, needs in standing.items() if not any(d in standing for d in needs)]:
        for n in free:
            del standing[n]
    if not standing:
        return []
    walk = [next(iter(standing))]
    while walk.count(walk[-1]) < 2:
        walk.append(next(d for d in standing[walk[-1]] if d in standing))
    return [self.tasks[n] for n in walk[walk.index(walk[-1]) :]]


# %% wrong raises gets raises breaks path
def find_cycle(self):
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    while free := [n for n, needs in standing.items() if not any(d in standing for d in needs)]:
        for n in free:
            del standing[n]
    if not standing:
        return []
    raise GraphError("circle")


# %% wrong deep_join_is_a_circle gets false-alarm breaks none
def find_cycle(self):
    seen = []

    def walk(name, path):
        if name in path:
            return path[path.index(name) :] + [name]
        if name in seen and len(path) > 3:
            return [name, *path, name]
        seen.append(name)
        for d in self.tasks[name].depends_on:
            if found := walk(d, [*path, name]):
                return found
        return []

    for name in self.tasks:
        if found := walk(name, []):
            return found
    return []


# %% wrong begins_at_the_ends gets missed breaks path
def find_cycle(self):
    def walk(name, path):
        if name in path:
            return path[path.index(name) :] + [name]
        for d in self.tasks[name].depends_on:
            if found := walk(d, [*path, name]):
                return found
        return []

    names = list(self.tasks)
    return next((c for n in (names[:1] + names[-1:]) if (c := walk(n, []))), [])


# %% wrong gives_up_after_twenty_steps gets missed breaks path
def find_cycle(self) -> list[str]:
    for start in self.tasks:
        path = [start]
        while self.tasks[path[-1]].depends_on and len(path) < 20:
            for needed in self.tasks[path[-1]].depends_on:
                if needed in path:
                    return [*path[path.index(needed) :], needed]
            path.append(self.tasks[path[-1]].depends_on[-1])
    return []


# %% wrong cache gets remembered
def find_cycle(self) -> list[str]:
    if getattr(self, "_c", None):
        return self._c
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    while True:
        free = [n for n, needs in standing.items() if not any(d in standing for d in needs)]
        if not free:
            break
        for n in free:
            del standing[n]
    if not standing:
        return []
    path, name = [], next(iter(standing))
    while name not in path:
        path.append(name)
        name = next(d for d in standing[name] if d in standing)
    self._c = path[path.index(name) :] + [name]
    return self._c


# %% wrong duplicate_dep gets counted-twice
def find_cycle(self) -> list[str]:
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    while True:
        free = [n for n, needs in standing.items() if not any(d in standing for d in needs)]
        if not free:
            break
        for n in free:
            del standing[n]
    for n, t in self.tasks.items():
        if len(set(t.depends_on)) < len(t.depends_on):
            return [n, n]
    if not standing:
        return []
    path, name = [], next(iter(standing))
    while name not in path:
        path.append(name)
        name = next(d for d in standing[name] if d in standing)
    return path[path.index(name) :] + [name]


# %% wrong figure_eight gets not-closed
def find_cycle(self):
    # a closed walk: joins all cycles that share the first name
    import itertools

    def reach(a, b):
        seen, todo = {a: None}, [a]
        while todo:
            n = todo.pop(0)
            for d in self.tasks[n].depends_on:
                if d == b:
                    p = [n]
                    while seen[p[-1]] is not None:
                        p.append(seen[p[-1]])
                    return p[::-1]
                if d in self.tasks and d not in seen:
                    seen[d] = n
                    todo.append(d)
        return None

    for a in self.tasks:
        walk = []
        for d in self.tasks[a].depends_on:
            if d == a:
                walk += [a]
            else:
                p = reach(d, a)
                if p:
                    walk += [a, *p]
        if walk:
            return walk + [a]
    return []


# %% wrong falsy_name gets missed
def find_cycle(self) -> list[str]:
    standing = {name: list(node.depends_on) for name, node in self.tasks.items() if name}
    while True:
        free = [n for n, needs in standing.items() if not any(d in standing for d in needs)]
        if not free:
            break
        for n in free:
            del standing[n]
    if not standing:
        return []
    path, name = [], next(iter(standing))
    while name not in path:
        path.append(name)
        name = next(d for d in standing[name] if d in standing)
    return path[path.index(name) :] + [name]


# %% wrong beginner_del gets engine.raised
def find_cycle(self):
    standing = self.tasks
    for name, node in standing.items():
        if not node.depends_on:
            del standing[name]
    return list(standing)


# %% wrong remembers_the_first gets remembered
def find_cycle(self) -> list[str]:
    if not hasattr(self, "_cycle"):
        self._cycle = []
        try:
            TopologicalSorter({name: node.depends_on for name, node in self.tasks.items()}).prepare()
        except ValueError as error:
            self._cycle = error.args[1]
    return self._cycle


# %% wrong short_and_long_way gets false-alarm breaks none
def find_cycle(self) -> list[str]:
    visited = set()

    def visit(name, path):
        if name in path:
            return [*path[path.index(name) :], name]
        if name in visited:
            return [*path, name, path[0]] if len(path) > 1 and name in self.tasks[path[0]].depends_on else []
        visited.add(name)
        for need in self.tasks[name].depends_on:
            if found := visit(need, [*path, name]):
                return found
        return []

    for name in self.tasks:
        if found := visit(name, []):
            return found
    return []


# %% wrong taken_away_once gets counted-twice breaks none
def find_cycle(self) -> list[str]:
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    while free := [name for name, needs in standing.items() if not needs]:
        for name in free:
            del standing[name]
            for needs in standing.values():
                if name in needs:
                    needs.remove(name)
    path = list(standing)[:1]
    while path:
        need = next((need for need in standing[path[-1]] if need in standing), None)
        if need is None:
            return [path[-1], path[-1]]
        if need in path:
            return [*path[path.index(need) :], need]
        path.append(need)
    return []


# %% wrong only_from_where_nobody_waits gets missed-two breaks path
def find_cycle(self) -> list[str]:
    waited_for = {need for node in self.tasks.values() for need in node.depends_on}
    finished = set()

    def visit(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in finished:
            return []
        for need in self.tasks[name].depends_on:
            if circle := visit(need, [*path, name]):
                return circle
        finished.add(name)
        return []

    return next((circle for name in self.tasks if name not in waited_for and (circle := visit(name, []))), [])
