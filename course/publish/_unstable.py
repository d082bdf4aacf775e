"""What differs between two machines or two runs: it must not be in a stored output, or is not compared."""

from __future__ import annotations

import getpass
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from course.paths import ROOT

ABSOLUTE_PATH = re.compile(
    r"(?<![\w.:/\\-])(?:"
    r"/(?:home|Users|root|tmp|var|opt|usr|etc|private|mnt|srv|proc|Library|System)/[^\s'\"<>:,;)]+"
    r"|~/[\w.][^\s'\"<>:,;)]*"
    r"|[A-Za-z]:\\{1,2}[^\s'\"<>:,;)]+"
    r")"
)

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"


@dataclass(frozen=True)
class Unstable:
    """One kind of text that no two runs agree on."""

    rule: str
    pattern: re.Pattern[str]
    what: str
    remedy: str


KINDS = (
    Unstable(
        "absolute-path",
        ABSOLUTE_PATH,
        "a path of one machine",
        "Show the file's name only, or a path relative to the lesson.",
    ),
    Unstable(
        "memory-address",
        re.compile(r"\b0x[0-9a-fA-F]{6,16}\b"),
        "a memory address",
        "Give the object a __repr__, or show its name.",
    ),
    Unstable(
        "random-id",
        re.compile(
            r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
            r"|\b(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{16,}\b"
            r"|\bIPY_MODEL_\w+|\bipykernel_\d+"
        ),
        "a random id",
        "Show what the thing is called, not its id.",
    ),
    Unstable(
        "counted-name",
        re.compile(r"\b(?:Task|Thread|ThreadPoolExecutor|asyncio)-\d+(?:_\d+)?\b"),
        "a name that Python counts up (it depends on what ran before)",
        "Name the task or thread, or say whether two are the same.",
    ),
    Unstable(
        "port",
        re.compile(r"\b(?:127\.0\.0\.1|localhost|0\.0\.0\.0):\d{2,5}\b|\[::1?\]:\d+"),
        "a port that the system chose",
        "Show the path of the URL only.",
    ),
    Unstable(
        "date",
        re.compile(
            r"\b(?:19|20)\d\d-[01]\d-[0-3]\d\b|\b[012]\d:[0-5]\d:[0-5]\d\b"
            rf"|\b\d{{1,2}} {_MONTH} (?:19|20)\d\d\b|\b{_MONTH} \d{{1,2}}, (?:19|20)\d\d\b"
        ),
        "a date or a time of day",
        "Leave it out, or show a relation between two times.",
    ),
)


@cache
def _of_this_machine() -> tuple[Unstable, ...]:
    """Return the names that belong to this machine: its user, its host, the folder of the repository."""
    folders = {str(folder) for folder in (ROOT, Path.home()) if len(folder.parts) > 2}
    kinds = []
    if folders:
        pattern = re.compile("|".join(re.escape(folder) for folder in sorted(folders, key=len, reverse=True)))
        path = KINDS[0]
        kinds.append(Unstable(path.rule, pattern, path.what, path.remedy))
    names = []
    try:
        user = re.escape(getpass.getuser())
        names.append(rf"[/\\]{user}[/\\]|\b{user}@(?!example\b)[\w-]+\b(?!\.)")
    except (OSError, KeyError):  # no such user in this container
        pass
    host = socket.gethostname()
    if len(host) > 5 and host != "localhost":
        names.append(rf"\b{re.escape(host)}\b")
    if names:
        kinds.append(
            Unstable(
                "user-name",
                re.compile("|".join(names)),
                "the name of a user or a computer",
                "Show something that is the same for everyone.",
            )
        )
    return tuple(kinds)


def find_unstable(text: str) -> Iterator[tuple[Unstable, str]]:
    """Yield each kind of unstable text in ``text`` with its first match; one per rule."""
    seen = set()
    for kind in (*KINDS, *_of_this_machine()):
        match = kind.pattern.search(text)
        if match and kind.rule not in seen:
            seen.add(kind.rule)
            yield kind, match[0]


def without_paths(text: str) -> str:
    """Replace each absolute path in ``text`` by its last part."""
    return ABSOLUTE_PATH.sub(lambda match: re.split(r"[/\\]", match[0].rstrip("/\\"))[-1], text)


# ---- what is replaced before outputs are compared --------------------------------------------------------


@dataclass(frozen=True)
class Replacement:
    """One pattern whose matches are replaced before two outputs are compared.

    ``places`` are the MIME types in which it may match (never ``text/plain``, never a stream),
    ``is_whole`` says whether a match is exactly one of the things that the pattern is for.
    """

    name: str
    pattern: str
    replacement: str
    places: frozenset[str]
    is_whole: Callable[[str], bool]

    def apply(self, text: str) -> str:
        """Return ``text`` with every match replaced."""
        return re.sub(self.pattern, self.replacement, text)


def _is_timed_svg(text: str) -> bool:
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError:
        return False
    return root.tag.rpartition("}")[2] == "svg" and "timed" in root.get("class", "").split()


SANITISER = (
    Replacement(
        name="timed picture",
        pattern=r'(?s)<svg class="timed".*?</svg>',
        replacement="TIMED-PICTURE",
        places=frozenset({"image/svg+xml", "text/html"}),
        is_whole=_is_timed_svg,
    ),
)
"""What nbval replaces on both sides before it compares.

The real times of a run are in its picture only; the text beside the picture is compared. What is replaced is
not compared, so a pattern may match only what it was written for: :func:`course.publish.audit_tree` fails
when one matches nothing in the lessons any more, or anything outside of its places.
"""


def sanitise(text: str, sanitiser: tuple[Replacement, ...] = SANITISER) -> str:
    """``text`` with every match of every pattern replaced, as nbval does it."""
    for replacement in sanitiser:
        text = replacement.apply(text)
    return text
