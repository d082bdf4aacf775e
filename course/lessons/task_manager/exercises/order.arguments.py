# %% starter
def arguments_for(self, name: str, results: dict[str, Any]) -> list[Any]:
    """The results that the task `name` is called with."""
    return ____


# %% right reference
def arguments_for(self, name: str, results: dict[str, Any]) -> list[Any]:
    """The results that the task `name` is called with."""
    return [results[dependency] for dependency in self.tasks[name].depends_on]


# %% right loop
def arguments_for(self, name, results):
    arguments = []
    for dependency in self.tasks[name].depends_on:
        arguments.append(results.get(dependency))
    return arguments


# %% right map
def arguments_for(self, name, results):
    return tuple(map(results.__getitem__, self.tasks[name].depends_on))


# %% wrong names gets names
def arguments_for(self, name, results):
    return self.tasks[name].depends_on


# %% wrong a_dict gets not-a-list
def arguments_for(self, name, results):
    return {d: results[d] for d in self.tasks[name].depends_on}


# %% wrong joined gets not-a-list
def arguments_for(self, name, results):
    return "".join(map(str, [results[d] for d in self.tasks[name].depends_on]))


# %% wrong as_finished gets order-of-finishing
def arguments_for(self, name, results):
    return [value for key, value in results.items() if key in self.tasks[name].depends_on]


# %% wrong sorted gets order-of-finishing
def arguments_for(self, name, results):
    return [results[d] for d in sorted(self.tasks[name].depends_on, reverse=True)]


# %% wrong insertion gets order-of-finishing breaks order
def arguments_for(self, name, results):
    return [results[n] for n in self.tasks if n in self.tasks[name].depends_on]


# %% wrong reversed gets order-of-finishing breaks order
def arguments_for(self, name, results):
    return [results[n] for n in self.tasks[name].depends_on[::-1]]


# %% wrong sorted_dependencies gets order-of-finishing breaks unchanged
def arguments_for(self, name, results):
    self.tasks[name].depends_on.sort()
    return [results[n] for n in self.tasks[name].depends_on]


# %% wrong first_only gets other
def arguments_for(self, name, results):
    return [results[d] for d in self.tasks[name].depends_on[:1]]


# %% wrong the_last gets other
def arguments_for(self, name, results):
    return list(results.values())[-1:] if self.tasks[name].depends_on else []


# %% wrong wrapped gets other
def arguments_for(self, name, results):
    return [[results[d] for d in self.tasks[name].depends_on]]


# %% wrong flattened gets other breaks as-is
def arguments_for(self, name, results):
    values = []
    for n in self.tasks[name].depends_on:
        values += results[n] if isinstance(results[n], list) else [results[n]]
    return values


# %% wrong last_two gets other breaks order
def arguments_for(self, name, results):
    return [results[n] for n in self.tasks[name].depends_on][:2]


# %% wrong everything gets too-many
def arguments_for(self, name, results):
    return list(results.values())


# %% wrong itself_too gets too-many
def arguments_for(self, name, results):
    return [results.get(n) for n in [*self.tasks[name].depends_on, name]]


# %% wrong takes_them_away gets changed breaks unchanged
def arguments_for(self, name, results):
    needs = self.tasks[name].depends_on
    arguments = []
    while needs:
        arguments.append(results[needs.pop(0)])
    return arguments


# %% wrong copied gets copied breaks as-is
import copy


def arguments_for(self, name, results):
    return [copy.deepcopy(results[n]) for n in self.tasks[name].depends_on]


# %% wrong falsy gets dropped breaks as-is
def arguments_for(self, name, results):
    return [results[n] for n in self.tasks[name].depends_on if results.get(n)]


# %% wrong none gets dropped breaks as-is
def arguments_for(self, name, results):
    return [results[n] for n in self.tasks[name].depends_on if results[n] is not None]


# %% wrong unique gets handed-on-once breaks as-is
def arguments_for(self, name, results):
    return list(dict.fromkeys(results[n] for n in self.tasks[name].depends_on))


# %% wrong pop gets results-changed breaks unchanged
def arguments_for(self, name, results):
    return [results.pop(n) for n in self.tasks[name].depends_on]


# %% wrong unpacks_tuples gets unpacked breaks as-is
def arguments_for(self, name, results):
    arguments = []
    for d in self.tasks[name].depends_on:
        result = results[d]
        arguments += result if isinstance(result, tuple) else [result]
    return arguments


# %% wrong unpacks_a_single_result gets unpacked breaks as-is
from operator import itemgetter


def arguments_for(self, name: str, results: dict[str, Any]) -> list[Any]:
    """The results that the task `name` is called with."""
    needs = self.tasks[name].depends_on
    if not needs:
        return []
    found = itemgetter(*needs)(results)
    return list(found) if isinstance(found, (list, tuple)) else [found]


# %% wrong dedupe gets handed-on-once breaks order
def arguments_for(self, name: str, results: dict[str, Any]) -> list[Any]:
    return [results[d] for d in dict.fromkeys(self.tasks[name].depends_on)]


# %% wrong call_callables gets other
def arguments_for(self, name: str, results: dict[str, Any]) -> list[Any]:
    return [r() if callable(r) else r for r in (results[d] for d in self.tasks[name].depends_on)]


# %% wrong copy_dict gets copied
def arguments_for(self, name: str, results: dict[str, Any]) -> list[Any]:
    return [dict(r) if isinstance(r, dict) else r for r in (results[d] for d in self.tasks[name].depends_on)]


# %% wrong none_if_empty gets nothing-for-nothing
def arguments_for(self, name: str, results: dict[str, Any]) -> list[Any]:
    return [results[dependency] for dependency in self.tasks[name].depends_on] or None


# %% wrong kept_for_the_next_call gets of-an-earlier-call
from typing import Any


def arguments_for(self, name: str, results: dict[str, Any]) -> list[Any]:
    kept = self.__dict__.setdefault("_arguments", {})
    if name not in kept:
        kept[name] = [results[need] for need in self.tasks[name].depends_on]
    return list(kept[name])


# %% wrong frees_the_last_use gets results-changed breaks unchanged
def arguments_for(self, name: str, results: dict[str, Any]) -> list[Any]:
    needs = self.tasks[name].depends_on
    arguments = [results[need] for need in needs]
    for need in set(needs):
        if [other for other, node in self.tasks.items() if need in node.depends_on] == [name]:
            del results[need]
    return arguments
