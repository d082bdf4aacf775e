"""What an author begins with: a small exercise that works, or a lesson, with ``TODO`` where to write."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

import nbformat
from nbformat import NotebookNode

from course.notebook import course_metadata, read, render, tags
from course.paths import ROOT, write
from course.practice import ContentError
from course.practice.exercise_file import FOLDER, path_of, prelude_of
from course.practice.texts import ID, load
from course.publish._normal import normalise

TODO = "TODO"
"""Marks what is still to be written, in every file of a lesson and in its notebook."""

_CATALOGUE = "en.yaml"
_LESSON = r"[a-z]+(_[a-z0-9]+)*"


class SkeletonError(Exception):
    """The exercise or lesson cannot be begun; nothing was written. The message says why, and what to do."""


@dataclass
class Begun:
    """What was begun: each file that was written, with what is new in it."""

    name: str
    notebook: Path
    written: dict[Path, str] = field(default_factory=dict)


def still_to_write(folder: Path) -> list[str]:
    """A sentence for each line in a lesson's folder that says ``TODO``."""
    paths = sorted(path for ending in ("*.py", "*.yaml") for path in folder.rglob(ending))
    return [
        f"{path.relative_to(folder.parent).as_posix()}, line {number}: is still to be written: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(rf"\b{TODO}\b", line)
    ]


# ---- an exercise -----------------------------------------------------------------------------------


def new_exercise(id: str, lesson: str | None = None, *, root: Path = ROOT) -> Begun:
    """Begin the exercise ``id``: its programs, words, check and cells. It works; ``TODO`` marks the places
    to fill in.

    Args:
        id: ``<first word of the lesson's ids>.<what-it-is-about>``.
        lesson: the lesson's folder (default: the one that begins with the first word of ``id``).
        root: the checkout.

    Raises:
        SkeletonError: the id cannot be used, a part of it is there already, or a file cannot be read.
    """
    if not re.fullmatch(ID, id):
        raise SkeletonError(f"{id!r} is not an id: write `lesson.some-name`: small letters, digits, hyphens.")
    folder = _folder_for(id, lesson, root / "course" / "lessons")
    notebook = _notebook_of(folder.name, root / "notebooks")
    function = _identifier(id)
    words = {"id": id, "function": function, "short": id.partition(".")[0]}
    programs, catalogue, checks = path_of(folder, id), folder / _CATALOGUE, folder / "checks.py"
    if programs.exists():
        raise _is_there(programs, "the file")
    texts = {
        programs: (_fill(_PROGRAMS, words), "starter, two right and three wrong programs"),
        catalogue: (_with_words(catalogue, words), f"exercises.{id}"),
        checks: (_with_check(checks, words), f"check_{function}"),
    }
    nb, names = _with_cells(notebook, words)
    texts[notebook] = (render(normalise(nb)), f"cells {', '.join(names)}")
    return _write(Begun(id, notebook), texts)


def _folder_for(id: str, lesson: str | None, lessons: Path) -> Path:
    """The folder of the lesson that the exercise ``id`` belongs to."""
    short = id.partition(".")[0]
    there = sorted(path.parent.name for path in lessons.glob(f"*/{_CATALOGUE}"))
    name = lesson or next((each for each in there if each.partition("_")[0] == short), None)
    if name not in there:
        what = f"There is no lesson {name}." if name else f"No lesson begins with {short}."
        raise SkeletonError(f"{what} There are: {', '.join(there)}. `new lesson <name>` begins another.")
    catalogue = _loaded(lessons / name / _CATALOGUE)
    known = [*catalogue.exercises, *catalogue.questions, *catalogue.misconceptions]
    if known and known[0].partition(".")[0] != short:
        first = known[0].partition(".")[0]
        raise SkeletonError(f"The ids of {name} begin with {first}: write {first}.{id.partition('.')[2]}.")
    return lessons / name


def _loaded(path: Path) -> Any:
    try:
        return load(path)
    except ContentError as error:
        raise SkeletonError(f"{error}\nCorrect it first.") from None


def _notebook_of(lesson: str, notebooks: Path) -> Path:
    for path in sorted(notebooks.glob(f"[0-9][0-9]_{lesson}.ipynb")):
        return path
    raise SkeletonError(f"{lesson} has no notebook: there is no {notebooks.name}/NN_{lesson}.ipynb.")


def _identifier(id: str) -> str:
    """What the learner's function is called."""
    name = id.partition(".")[2].replace("-", "_")
    return f"do_{name}" if keyword.iskeyword(name) or not name.isidentifier() else name


def _with_words(path: Path, words: dict[str, str]) -> str:
    """The catalogue with an entry of the exercise, at the end of ``exercises``."""
    catalogue, text = _loaded(path), path.read_text("utf-8")
    if words["id"] in {**catalogue.exercises, **catalogue.questions}:
        raise _is_there(path, f"the entry {words['id']}")
    lines = text.splitlines()
    entry = _fill(_WORDS, words).splitlines()
    starts = [number for number, line in enumerate(lines) if re.match(r"\w", line)]
    at = next((number for number in starts if re.fullmatch(r"exercises:\s*(#.*)?", lines[number])), None)
    if at is not None:
        end = next((number for number in starts if number > at), len(lines))
    elif catalogue.exercises:
        raise SkeletonError(f"{path}: write `exercises:` on a line of its own, with the entries below it.")
    else:
        end = next((number for number in starts if lines[number].startswith("questions:")), len(lines))
        entry.insert(0, "exercises:")
    above = r"(#.*)?\s*" if at is not None else r"\s*"  # a comment above the next key belongs to that key
    while end and re.fullmatch(above, lines[end - 1]):
        end -= 1
    return "\n".join([*lines[:end], *entry, *lines[end:]]) + "\n"


def _with_check(path: Path, words: dict[str, str]) -> str:
    """The lesson's checks with one more."""
    text = path.read_text("utf-8") if path.is_file() else f'"""The checks of {path.parent.name}."""\n'
    if re.search(rf"@exercise\(\s*[\"']{re.escape(words['id'])}[\"']", text):
        raise _is_there(path, f"a check of {words['id']}")
    text = _importing(path, text, "course.practice", ("Bench", "NotYet", "exercise"))
    text = _importing(path, text, "collections.abc", ("Callable",))
    return f"{text.rstrip()}\n\n\n{_fill(_CHECK, words)}"


def _importing(path: Path, text: str, module: str, names: Iterable[str]) -> str:
    """The module's text with an import of what it does not import yet, behind its docstring."""
    try:
        body = ast.parse(text).body
    except SyntaxError as error:
        raise SkeletonError(f"{path}, line {error.lineno}: {error.msg}. Correct it first.") from None
    imports = [node for node in body if isinstance(node, ast.ImportFrom) and node.module == module]
    there = {alias.name for node in imports for alias in node.names}
    missing = ", ".join(name for name in names if name not in there)
    if not missing:
        return text
    lines = text.splitlines()
    is_docstring = bool(body) and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    at = (body[0].end_lineno or 0) if is_docstring else 0
    return "\n".join([*lines[:at], "", f"from {module} import {missing}", *lines[at:]]) + "\n"


def _with_cells(path: Path, words: dict[str, str]) -> tuple[NotebookNode, list[str]]:
    """The notebook with the cells of the exercise, behind the last one, and their ids."""
    try:
        nb = read(path)
    except Exception as error:
        raise SkeletonError(f"{path}: is not a notebook ({error}). Restore it.") from None
    if any(course_metadata(cell).get("exercise") == words["id"] for cell in nb.cells):
        raise _is_there(path, f"the cell of {words['id']}")
    base = _free(words["id"].partition(".")[2], {cell.get("id", "") for cell in nb.cells})
    starter = _fill(_STARTER, words).rstrip("\n")
    about = {"note": f"{TODO}: What goes wrong in a room here, what to ask, what to skip when late."}
    cells = [
        _prose(f"{base}-intro", _fill(_TASK, words), course=about),
        _code(f"{base}-exercise", starter, tags=["exercise"], course={"exercise": words["id"]}),
        _code(f"{base}-check", _fill(_CALL, words), tags=["check"]),
    ]
    at = _place(nb.cells)
    nb.cells[at:at] = cells
    return nb, [cell.id for cell in cells]


def _free(base: str, taken: set[str]) -> str:
    """What to call the cells: ``base``, with a number if there are cells of this name."""
    names = [base, *(f"{base}-{number}" for number in range(2, 100))]
    parts = ("intro", "exercise", "check")
    return next(name for name in names if not taken & {f"{name}-{part}" for part in parts})


def _place(cells: list[NotebookNode]) -> int:
    """Behind the last check; in a lesson without one before its last slide, the key points."""
    checks = [number for number, cell in enumerate(cells) if "check" in tags(cell)]
    slides = [number for number, cell in enumerate(cells) if "slide" in tags(cell)]
    return checks[-1] + 1 if checks else max(slides[-1], 1) if slides else len(cells)


# ---- a lesson --------------------------------------------------------------------------------------


def new_lesson(name: str, *, root: Path = ROOT) -> Begun:
    """Begin the lesson ``name``: its folder in ``course/lessons`` and its notebook, behind the others.

    Raises:
        SkeletonError: the name cannot be used, or a part of the lesson is there already.
    """
    if not re.fullmatch(_LESSON, name):
        raise SkeletonError(
            f"{name!r} cannot be a lesson's name: small letters, digits and `_`, no digit in the first word."
        )
    short = name.partition("_")[0]
    folder, notebooks = root / "course" / "lessons" / name, root / "notebooks"
    numbers = [int(path.name[:2]) for path in notebooks.glob("[0-9][0-9]_*.ipynb")]
    number = max(numbers, default=-1) + 1
    for path in (folder, *notebooks.glob(f"[0-9][0-9]_{name}.ipynb")):
        if path.exists():
            raise _is_there(path, "the lesson")
    for other in sorted(path.parent.name for path in folder.parent.glob(f"*/{_CATALOGUE}")):
        if other.partition("_")[0] == short:
            raise SkeletonError(f"The ids of {other} begin with {short} already: choose another first word.")
    words = {"name": name, "number": f"{number:02d}", "short": short}
    notebook = notebooks / f"{number:02d}_{name}.ipynb"
    texts = {
        folder / "__init__.py": (
            _fill('"""Lesson $number. TODO: Its question."""\n', words),
            "a docstring",
        ),
        folder / _CATALOGUE: (_fill(_NO_WORDS, words), "misconceptions, exercises, questions: none yet"),
        folder / "checks.py": (_fill('"""The checks of lesson $number."""\n', words), "no check yet"),
        prelude_of(folder): (_PRELUDE, "what the notebook's cells define for its exercises"),
        notebook: (render(normalise(_lesson_notebook(words, number))), "title, imports, a first part, recap"),
    }
    (folder / FOLDER).mkdir(parents=True)
    return _write(Begun(name, notebook), texts)


def _lesson_notebook(words: dict[str, str], number: int) -> NotebookNode:
    objective = f"{TODO}: what the learner will be able to do"
    note = f"{TODO}: What to ask before you begin."
    slide = ["slide"]
    cells = [
        _prose("title", _fill(_TITLE, words | {"objective": objective}), tags=slide, course={"note": note}),
        _code("imports", _IMPORTS),
        _prose("first-intro", _PART, tags=slide, course={"facts": []}),
        _prose("recap", _RECAP, tags=slide),
        _code("progress", f'progress("{words["name"]}")'),
    ]
    about = {
        "lesson": words["name"],
        "number": number,
        "teach_minutes": 20,
        "practise_minutes": 15,
        "objectives": [objective],
    }
    notebook: NotebookNode = nbformat.v4.new_notebook(cells=cells, metadata={"course": about})
    return notebook


# ---- what both need --------------------------------------------------------------------------------


def _prose(name: str, source: str, **metadata: Any) -> NotebookNode:
    cell: NotebookNode = nbformat.v4.new_markdown_cell(source.rstrip("\n"), id=name, metadata=metadata)
    return cell


def _code(name: str, source: str, **metadata: Any) -> NotebookNode:
    cell: NotebookNode = nbformat.v4.new_code_cell(source.rstrip("\n"), id=name, metadata=metadata)
    return cell


def _fill(template: str, words: dict[str, str]) -> str:
    return Template(template).substitute(words)


def _is_there(path: Path, what: str) -> SkeletonError:
    return SkeletonError(f"{path}: {what} is there already. Choose another name, or remove it first.")


def _write(begun: Begun, texts: dict[Path, tuple[str, str]]) -> Begun:
    """Write every file. All texts exist already, so that a refusal leaves nothing half done."""
    for path, (text, what) in texts.items():
        path.parent.mkdir(exist_ok=True)
        write(path, text)
        begun.written[path] = what
    return begun


def unwritten(nb: NotebookNode) -> Iterator[tuple[NotebookNode | None, str]]:
    """Each text of a notebook that says ``TODO``, with its cell, or None for the notebook's own metadata."""
    texts: list[tuple[NotebookNode | None, str]] = [
        (None, text) for text in map(str, course_metadata(nb).get("objectives", []))
    ]
    for cell in nb.cells:
        texts += [(cell, text) for text in (cell.source, str(course_metadata(cell).get("note", "")))]
    for cell, text in texts:
        for line in text.splitlines():
            if re.search(rf"\b{TODO}\b", line):
                yield cell, line.strip()


# ---- the templates ---------------------------------------------------------------------------------

_STARTER = '''\
def $function(number: int) -> int:
    """TODO: What it is for."""
    return ____
'''

_PROGRAMS = f'''\
# TODO: For the next author: what this exercise is for, and what each wrong program stands for.

# %% starter
{_STARTER}

# %% right reference
def $function(number: int) -> int:
    """TODO: Our answer, as solution() shows it."""
    return 3 * number


# %% right other
def $function(number):
    """TODO: Another right way, as different as you can think of."""
    return sum([number] * 3)


# %% wrong same gets wrong-result breaks result
def $function(number):
    """TODO: The mistake that most learners make."""
    return number


# %% wrong text gets wrong-result
def $function(number):
    """TODO: Another mistake that gets this message."""
    return str(number) * 3


# %% wrong prints gets engine.returned-nothing
def $function(number):
    """TODO: A mistake that the engine has a message for (course/practice/en.yaml)."""
    print(3 * number)
'''

_WORDS = """\
  $id:
    title: "TODO: What to do, in a few words"
    promises:  # what is asked for: each is a bullet of the task, and a wrong program breaks it alone
      result: "TODO: one thing that is asked for"
    misses:
      wrong-result:
        says: "TODO: What happened, why that matters, what to look at next. `$function` returned {given}."
        # misconception: $short.some-belief    where a wrong idea is behind it
    passed: "TODO: What is now true: {result}."
    hints:
      - "TODO: a push"
      - "TODO: the part of the library that does it"
      - "TODO: nearly the line itself"
"""

_CHECK = '''\
@exercise("$id", wants=("$function",))
def check_$function(bench: Bench, $function: Callable[[int], int]) -> dict[str, int]:
    """TODO: What has happened when it is right."""
    result = bench.call($function, 7)
    if result != 21:
        raise NotYet("wrong-result", given=result)
    return {"result": result}
'''

_TASK = """\
## Exercise: TODO: what to do, in a few words

TODO: What to build, and why. It does this:

- TODO: one thing that is asked for
"""

_CALL = 'check("$id", $function)\n'

_NO_WORDS = """\
# Every word of the lesson's exercises and questions. Ids begin with `$short.` and are kept for ever.
"""

_PRELUDE = """\
# What the notebook's cells have defined before an exercise begins.
from course import ____, serve, show_source
"""

_TITLE = """\
# $number · TODO: Title

**The question.** TODO: What does this lesson answer?

After this lesson you will be able to

- $objective.

*You need:* TODO. *Time:* 20 minutes, and 15 for the exercises.
"""

_IMPORTS = """\
from course import serve, show_source  # the bench
from course import ____, answer, check, compare, hint, predict, progress, quiz, solution  # the practice
"""

_PART = """\
## TODO: A first part

TODO: One idea, in about 100 words. What is claimed here, the next cell runs.
"""

_RECAP = """\
## Recap

- TODO: A key point.
- TODO: Another one.
- TODO: A third one.

*Sources:* TODO. *Next:* TODO.
"""
