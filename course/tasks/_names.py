"""Names of tasks and inputs: checked once, at the door."""

import inspect
import reprlib
import unicodedata
from collections.abc import Iterable, Mapping, Reversible, Set

from ._errors import BadOption
from ._guard import name_of

_TEXT = {
    "list": "{what} must be a list of names, not {given}",
    "name": "a name must be text, not {given}",
    "order": "{what} must be a list: a {kind} has no order, and that decides who gets which result",
    "twice": "{what} name {name!r} twice",
}


def checked_name(given: object, where: str) -> str:
    """A name as it is compared: in NFC; in NFKC if it could be a variable, as Python does with those.

    Raises BadOption, which says `where`.
    """
    if not isinstance(given, str):
        raise BadOption(where=where, problem=_TEXT["name"].format(given=_shown(given)))
    text = str.__str__(given)  # of a StrEnum too
    return text if text.isascii() else unicodedata.normalize("NFKC" if text.isidentifier() else "NFC", text)


def checked_names(given: Iterable[str], where: str, what: str, *, ordered: bool = True) -> tuple[str, ...]:
    """`given` as names. Raises BadOption, which says `where` and calls them `what`."""
    if not isinstance(given, Iterable) or isinstance(given, str | bytes | Mapping):
        raise BadOption(where=where, problem=_TEXT["list"].format(what=what, given=_shown(given)))
    if ordered and isinstance(given, Set) and not isinstance(given, Reversible):
        problem = _TEXT["order"].format(what=what, kind=type(given).__name__)
        raise BadOption(where=where, problem=problem)
    found = tuple([checked_name(one, where) for one in given])
    if ordered and len(set(found)) < len(found):
        twice = next(one for one in found if found.count(one) > 1)
        raise BadOption(where=where, problem=_TEXT["twice"].format(what=what, name=twice))
    return found


def _shown(given: object) -> str:
    """What was given instead of a name: no addresses."""
    return f"the function {name_of(given)}" if inspect.isroutine(given) else reprlib.repr(given)
