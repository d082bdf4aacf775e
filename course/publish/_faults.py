"""Faults planted on purpose: proof that the gate notices them.

A small notebook that keeps every rule is made, run and stored. Then each kind of fault is put into a
copy, and the gate has to notice: the audit, or nbval, or the count of the cells. :func:`plant_all`
returns one :class:`Planted` for each.
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course.notebook import read, render
from course.paths import ROOT
from course.practice.exercise_file import path_of
from course.publish._audit import audit, audit_tree
from course.publish._gate import CellId, missing_cells, run_gate
from course.publish._normal import normalise
from course.publish._refresh import refresh
from course.publish._unstable import SANITISER, Replacement

# ---- the notebook --------------------------------------------------------------------------------

_CELLS = {
    "says": """class Says:
    def __init__(self, text, html=""):
        self.text, self.html = text, html

    def __repr__(self):
        return self.text

    def _repr_html_(self):
        return self.html or None""",
    "number": "6 * 7",
    "words": 'print("one")\nprint("two")',
    "silent": "quiet = 1",
    "removed": 'print("seen")',
    "extra": 'print("only this")',
    "stream": 'print("to stdout")',
    "events": 'Says("request\\n  handler\\nresponse\\n  task")',
    "app": """from fastapi import BackgroundTasks, FastAPI

from course import mark, serve

app = FastAPI()


def send_mail():
    mark("mail sent")


@app.post("/register")
async def register(tasks: BackgroundTasks) -> None:
    tasks.add_task(send_mail)""",
    "bench": """with serve(app) as server:
    server.client.post("/register")
    server.settle()
server.timeline""",
    "mixed": 'print("first the text")\ndisplay(Says("then the picture"))',
    "picture": """import time

Says("a picture", f'<svg class="timed" xmlns="http://www.w3.org/2000/svg"><text>{time.time()}</text></svg>')""",
    "drawing": """Says("a drawing", '<svg xmlns="http://www.w3.org/2000/svg"><circle r="3"/></svg>')""",
    "raises": "1 / 0",
    "raises-not": 'raise LookupError("nobody there")',
    "returns": 'Says("html too", "<b>bold</b>")',
    "again": 'print("at every run")',
    "again-raises": 'raise LookupError("at every run")',
    "again-quiet": "made = 1",
    "starter": "def double(number):\n    ...",
    "checked": 'check("specimen.double", double)',
    "unmoved": "callable(double)",
    "starts": "import asyncio\n\nwaiting = asyncio.Event()",
    "waits": "await asyncio.sleep(0)",
}
_CONTENT = {
    "README.md": "[A specimen](notebooks/00_specimen.ipynb)\n",
    "content/specimen/en.yaml": """exercises:
  specimen.double:
    title: "Double a number"
    misses: {not-doubled: {says: "It is not twice the number."}}
    passed: "It is twice the number."
    hints: ["Twice?", "A product.", "`2 * number`"]
""",
    "content/specimen/checks.py": 'raise NotYet("not-doubled")\n',
}
_DRAWN = ("bench", "picture", "drawing")
_CHECK = """

def check(name, function):
    return Says("Passed: double" if function(2) == 4 else "Not attempted: double")"""


def build_specimen(root: Path) -> Path:
    """Make a tree with one small notebook that keeps every rule, under the repository's own pytest settings.

    Returns the notebook's path. ``root`` must be empty.
    """
    answer = path_of(root / "content" / "specimen", "specimen.double")
    answer.parent.mkdir(parents=True)
    answer.write_text("# %% right reference\ndef double(number):\n    return 2 * number\n", encoding="utf-8")
    for name, text in _CONTENT.items():
        (root / name).write_text(text, encoding="utf-8")
    for name in ("pyproject.toml", "conftest.py"):
        shutil.copy(ROOT / name, root / name)
    notebooks = root / "notebooks"
    notebooks.mkdir()
    (root / "tests").mkdir()
    path = notebooks / "00_specimen.ipynb"
    path.write_text(render(_specimen()), encoding="utf-8")
    refresh(path)
    return path


def _specimen() -> NotebookNode:
    new = nbformat.v4
    about = {"tags": ["slide"], "course": {"note": "Ask what would happen without a gate."}}
    cells = [new.new_markdown_cell("# A specimen\n\nIt keeps every rule.", id="title", metadata=about)]
    for name, source in _CELLS.items():
        cell = new.new_code_cell(source + (_CHECK if name == "says" else ""), id=name)
        if name in ("raises", "raises-not", "again-raises"):
            cell.metadata["tags"] = ["raises-exception"]
        elif name == "starter":
            cell.metadata["tags"] = ["exercise"]
            cell.metadata["course"] = {"exercise": "specimen.double"}
        elif name == "checked":
            cell.metadata["tags"] = ["check"]
        elif name in _DRAWN:
            cell.metadata["tags"] = ["slide"]
        cells.append(cell)
    course = {
        "lesson": "specimen",
        "number": 0,
        "teach_minutes": 1,
        "practise_minutes": 0,
        "objectives": ["see that the gate is awake"],
    }
    notebook: NotebookNode = new.new_notebook(cells=cells, metadata={"course": course})
    return notebook


# ---- the faults ----------------------------------------------------------------------------------

Plant = Callable[[NotebookNode], None]


@dataclass(frozen=True)
class Planted:
    """One fault, and whether the gate noticed it."""

    fault: str
    by: str
    """Which part of the gate has to notice: a rule of the audit, or the run."""
    caught: bool
    detail: str = ""
    alone: bool = True
    """Whether nothing else was found: a finding that another one explains is noise."""
    control: bool = False
    """Nothing is planted here, and nothing may be found: the other half of the proof."""


def _cell(nb: NotebookNode, name: str) -> NotebookNode:
    found: NotebookNode = next(cell for cell in nb.cells if cell.id == name)
    return found


def _text(name: str, old: str, new: str) -> Plant:
    """Change the stored text of the first output of a cell."""

    def plant(nb: NotebookNode) -> None:
        output = _cell(nb, name).outputs[0]
        if output.output_type == "stream":
            assert old in output.text, name
            output.text = output.text.replace(old, new)
        elif output.output_type == "error":
            output.evalue = output.evalue.replace(old, new)
        else:
            for mime, text in output.data.items():
                output.data[mime] = text.replace(old, new)

    return plant


def _code(name: str, source: str) -> Plant:
    """Change the code of a cell; its stored output stays."""

    def plant(nb: NotebookNode) -> None:
        _cell(nb, name).source = source

    return plant


def _code_of(name: str, old: str, new: str) -> Plant:
    """Change a part of the code of a cell; it shows in the output of another."""

    def plant(nb: NotebookNode) -> None:
        cell = _cell(nb, name)
        assert old in cell.source, name
        cell.source = cell.source.replace(old, new)

    return plant


def _outputs(name: str, change: Callable[[list[NotebookNode]], list[NotebookNode]]) -> Plant:
    def plant(nb: NotebookNode) -> None:
        _cell(nb, name).outputs = change(_cell(nb, name).outputs)

    return plant


def _set(name: str, key: str, value: object) -> Plant:
    def plant(nb: NotebookNode) -> None:
        _cell(nb, name)[key] = value

    return plant


def _to_stderr(outputs: list[NotebookNode]) -> list[NotebookNode]:
    for output in outputs:
        output.name = "stderr"
    return outputs


def _late(nb: NotebookNode) -> None:
    _cell(nb, "starts").source = (
        "import asyncio\n\nasync def late():\n    await waiting.wait()\n    print('late')\n\n"
        "waiting = asyncio.Event()\ntask = asyncio.create_task(late())"
    )
    _cell(nb, "waits").source = "waiting.set()\nawait task"


# Each fault is in a cell of its own, so that one run shows all of them, and no other cell may fail.
FOUND_BY_RUNNING: dict[str, tuple[str, Plant]] = {
    "a changed number": ("number", _text("number", "42", "43")),
    "a changed word": ("words", _text("words", "two", "three")),
    "a removed output": ("removed", _set("removed", "outputs", [])),
    "an extra print": ("extra", _code("extra", 'print("only this")\nprint("and this")')),
    "an output where there was none": ("silent", _code("silent", "quiet = 1\nquiet")),
    "text on stderr instead of stdout": ("stream", _outputs("stream", _to_stderr)),
    "two events in another order": ("events", _text("events", "request\n  handler", "  handler\nrequest")),
    "a task before the response": ("bench", _code_of("app", "tasks.add_task(send_mail)", "send_mail()")),
    "a picture before its text": ("mixed", _outputs("mixed", lambda outputs: outputs[::-1])),
    "a changed drawing": ("drawing", _text("drawing", 'r="3"', 'r="4"')),
    "a picture that is not a timed one any more": ("picture", _text("picture", 'class="timed" ', "")),
    "another error message": ("raises", _text("raises", "division by zero", "division by two")),
    "an error that does not come any more": ("raises-not", _code("raises-not", "pass")),
    "changed HTML": ("returns", _text("returns", "bold", "bolder")),
    "a check with another verdict": ("checked", _text("checked", "Not attempted", "Not yet")),
    "output that comes after its cell has ended": ("waits", _late),
}


FOUND_BY_RUNNING_AGAIN: dict[str, tuple[str, Plant, str, str]] = {
    "another text the second time": (
        "again",
        _code("again", 'print("at every run" if "ran" not in globals() else "this time")\nran = True'),
        "at every run",
        "this time",
    ),
    "another error the second time": (
        "again-raises",
        _code(
            "again-raises",
            'tries = globals().get("tries", 0) + 1\n'
            'raise LookupError("at every run" if tries == 1 else "that time")',
        ),
        "LookupError: at every run",
        "LookupError: that time",
    ),
    "an error only the second time": (
        "again-quiet",
        _code("again-quiet", 'assert "made" not in globals(), "it is there"\nmade = 1'),
        "(nothing)",
        "AssertionError: it is there",
    ),
}
"""The fault: its cell, and what that says the first time and the second. One run of it shows nothing."""


def _tag(name: str, *tags: str) -> Plant:
    def plant(nb: NotebookNode) -> None:
        _cell(nb, name).metadata["tags"] = list(tags)

    return plant


def _cell_info(name: str, **info: object) -> Plant:
    def plant(nb: NotebookNode) -> None:
        _cell(nb, name).metadata["course"] = info

    return plant


def _info(**info: object) -> Plant:
    def plant(nb: NotebookNode) -> None:
        nb.metadata["course"] = {**nb.metadata["course"], **info}

    return plant


def _says(text: str) -> Plant:
    return _text("words", "two", text)


def _stripped(nb: NotebookNode) -> None:
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None


def _swap_counts(nb: NotebookNode) -> None:
    _cell(nb, "number").execution_count, _cell(nb, "words").execution_count = 3, 2


def _only_html(nb: NotebookNode) -> None:
    del _cell(nb, "returns").outputs[0].data["text/plain"]


def _png(nb: NotebookNode) -> None:
    _cell(nb, "returns").outputs[0].data["image/png"] = "iVBORw0KGgo="


def _widget(nb: NotebookNode) -> None:
    nb.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}


def _colours(nb: NotebookNode) -> None:
    _cell(nb, "raises").outputs[0].traceback[0] = "\x1b[31m---\x1b[39m"


def _drop(*names: str) -> Plant:
    def plant(nb: NotebookNode) -> None:
        nb.cells = [cell for cell in nb.cells if cell.id not in names]

    return plant


def _no_answer(nb: NotebookNode) -> None:
    _cell_info("starter", exercise="specimen.half")(nb)
    _cell(nb, "checked").source = 'check("specimen.half", double)'


FOUND_BY_AUDIT: dict[str, tuple[str, Plant]] = {
    # what nbval would not notice
    "a removed execution count": ("not-run", _set("number", "execution_count", None)),
    "a stripped notebook": ("not-run", _stripped),
    "execution counts out of order": ("count", _swap_counts),
    "an ignoring tag": ("ignored", _tag("number", "nbval-ignore-output")),
    "a skipping tag": ("ignored", _tag("number", "nbval-skip")),
    "an ignoring comment": ("ignored", _code("number", "# NBVAL_IGNORE_OUTPUT\n6 * 7")),
    "an error without its tag": ("error-without-tag", _tag("raises")),
    "a tag without its error": ("tag-without-error", _tag("number", "raises-exception")),
    "a PNG": ("unseen-image", _png),
    "an output without text": ("no-text", _only_html),
    "a text that says nothing": ("empty-text", _text("number", "42", "<__main__.Thing object>")),
    "a warning on stderr": ("stderr", _outputs("stream", _to_stderr)),
    "a semicolon at the end": ("semicolon", _code("number", "6 * 7;")),
    "a semicolon and a comment": ("semicolon", _code("number", "6 * 7;  # hidden")),
    "an output that is replaced later": ("not-modelled", _code("silent", "clear_output()")),
    # what differs from run to run
    "an absolute path": ("absolute-path", _says("/home/ada/course/app.py")),
    "a path of Windows": ("absolute-path", _says(r"C:\Users\ada\app.py")),
    "the folder of the repository": ("absolute-path", _says(f"{ROOT}/course")),
    "a memory address": ("memory-address", _says("<function f at 0x7f3a5c0d1e40>")),
    "a random id": ("random-id", _says("3f2b8c1e-9a4d-4e6f-8b7a-0c1d2e3f4a5b")),
    "a hash": ("random-id", _says("9b74c9897bac770ffc029102a200c5de")),
    "a counted task name": ("counted-name", _says("Task-56")),
    "a port": ("port", _says("http://127.0.0.1:43127/")),
    "a date": ("date", _says("2026-11-21")),
    "a time of day": ("date", _says("at 14:03:59")),
    "colours of a terminal": ("ansi", _colours),
    # what a notebook says about itself
    "a magic": ("magic", _code("silent", "%timeit 1")),
    "an installation": ("magic", _code("silent", "%pip install fastapi")),
    "a shell command": ("magic", _code("silent", "!ls")),
    "a help request": ("magic", _code("silent", "print?")),
    "too many objectives": ("metadata", _info(objectives=["a", "b", "c", "d"])),
    "minutes that are no number": ("metadata", _info(teach_minutes="ten")),
    "unknown metadata": ("metadata", _info(minutes=10)),
    "a name that does not fit": ("name", _info(number=7)),
    "a lesson without content": ("no-content", _info(lesson="elsewhere")),
    "code that was changed after its picture": ("stale", _code_of("app", "mark(", "print(")),
    "a name of the course for something else": ("shadows", _code("unmoved", "serve = 1")),
    "unknown metadata of a cell": ("cell-metadata", _cell_info("number", excercise="specimen.double")),
    "a misspelt tag": ("unknown-tag", _tag("number", "raise-exception")),
    "the state of widgets": ("not-normal", _widget),
    "what an editor left behind": (
        "not-normal",
        lambda nb: _cell(nb, "number").metadata.update(scrolled=True),
    ),
    # conventions of a lesson
    "a long text": ("long-prose", _set("title", "source", "# Long\n\n" + "word " * 140)),
    "a long cell": ("long-code", _code("silent", "\n".join(f"a{n} = {n}" for n in range(20)))),
    "an empty cell": ("empty-cell", _code("silent", "  ")),
    "two titles": ("title", lambda nb: nb.cells.append(nbformat.v4.new_markdown_cell("# Two", id="two"))),
    "no title": ("title", _drop("title")),
    "an exercise without its tag": ("exercise", _tag("starter")),
    "an exercise that nobody checks": ("no-check", _drop("checked")),
    "a check without its tag": ("check", _tag("checked")),
    "a check of something else": ("check", _code("checked", 'check("specimen.half", double)')),
    "a text that is still to be written": ("unwritten", _set("title", "source", "# TODO: A title")),
    "an objective that is still to be written": ("unwritten", _info(objectives=["TODO"])),
    # what an instructor needs
    "a picture on no slide": ("not-on-a-slide", _tag("picture")),
    "a title on no slide": ("not-on-a-slide", _tag("title")),
    "a talk of one slide": ("few-slides", _drop(*_DRAWN)),
    "no note for the instructor": ("no-note", _cell_info("title")),
    "an exercise without an answer": ("no-reference", _no_answer),
}
"""The fault and the rule that has to find it."""


_CONTENT_FOLDER = "content/specimen"
FOUND_IN_THE_CONTENT: dict[str, tuple[str, str, str, str]] = {
    "words that do not keep to the format": ("content", f"{_CONTENT_FOLDER}/en.yaml", '"Twice?", ', ""),
    "a program without a name": (
        "content",
        f"{_CONTENT_FOLDER}/exercises/specimen.double.py",
        "# %% right reference",
        "# %% right",
    ),
    "a check that is still to be written": (
        "unwritten",
        f"{_CONTENT_FOLDER}/checks.py",
        "raise",
        "# TODO\nraise",
    ),
    "a miss without words": ("unknown-miss", f"{_CONTENT_FOLDER}/checks.py", "not-doubled", "halved"),
    "a misconception that no lesson describes": (
        "unknown-idea",
        f"{_CONTENT_FOLDER}/en.yaml",
        'twice the number."}',
        'twice the number.", misconception: specimen.nobody}',
    ),
    "a lesson that the README does not name": ("unlisted", "README.md", "00_specimen", "01_specimen"),
}
"""The fault, the rule that has to find it, and the file in which it stands for what."""


def _wide(pattern: str) -> tuple[Replacement, ...]:
    first = SANITISER[0]
    wide = Replacement(first.name, pattern, first.replacement, first.places, first.is_whole)
    return (wide, *SANITISER[1:])


FOUND_IN_THE_SANITISER: dict[str, tuple[str, str]] = {
    "a sanitiser pattern that matches nothing": ("sanitiser-dead", "never to be seen"),
    "a sanitiser pattern that matches numbers": ("sanitiser-too-wide", r"\d+"),
    "a sanitiser pattern that matches everything": ("sanitiser-too-wide", r"(?s).+"),
    "a sanitiser pattern that matches every drawing": ("sanitiser-too-wide", r"(?s)<svg.*?</svg>"),
}


# ---- planting ------------------------------------------------------------------------------------


def plant_all(root: Path) -> list[Planted]:
    """Plant every fault in copies below ``root``, an empty folder, and return what the gate noticed."""
    specimen = build_specimen(root / "clean")
    kinds = (plant_for_audit, plant_for_the_run, plant_in_the_tree)
    return [planted for kind in kinds for planted in kind(specimen, root / kind.__name__)]


def plant_for_audit(specimen: Path, root: Path) -> Iterator[Planted]:
    """Plant what the audit has to find; a clean notebook that it objects to counts as not caught."""
    lessons = specimen.parent.parent / "content"
    noise = audit_tree(specimen.parent, lessons=lessons)
    yield Planted("nothing at all", "audit", not noise, "\n".join(map(str, noise)), control=True)
    original = read(specimen)
    path = root / "audited" / specimen.name
    path.parent.mkdir(parents=True)
    for fault, (rule, plant) in FOUND_BY_AUDIT.items():
        nb = copy.deepcopy(original)
        plant(nb)
        path.write_text(render(nb if rule == "not-normal" else normalise_but(nb, rule)), encoding="utf-8")
        rules = [finding.rule for finding in audit(path, lessons=lessons)]
        yield Planted(fault, rule, rule in rules, f"found: {sorted(rules)}", alone=len(rules) == 1)
    for fault, (rule, file, old, new) in FOUND_IN_THE_CONTENT.items():
        tree = root / rule / fault
        shutil.copytree(specimen.parent.parent, tree)
        sound = (tree / file).read_text("utf-8")
        (tree / file).write_text(sound.replace(old, new, 1), "utf-8")
        rules = [each.rule for each in audit_tree(tree / "notebooks", lessons=tree / "content")]
        yield Planted(fault, rule, rule in rules, f"found: {sorted(rules)}", alone=len(rules) == 1)
    for fault, (rule, pattern) in FOUND_IN_THE_SANITISER.items():
        found = {
            finding.rule for finding in audit_tree(specimen.parent, lessons=lessons, sanitiser=_wide(pattern))
        }
        yield Planted(fault, rule, rule in found, f"found: {sorted(found)}")
    (root / "empty").mkdir()
    found = {finding.rule for finding in audit_tree(root / "empty", lessons=lessons)}
    yield Planted(
        "a folder without notebooks", "no-notebooks", found == {"no-notebooks"}, f"found: {sorted(found)}"
    )


def normalise_but(nb: NotebookNode, rule: str) -> NotebookNode:
    """Normalise, except for what ``rule`` is about: what remains is this one fault."""
    return nb if rule == "ansi" else normalise(nb)


def plant_for_the_run(specimen: Path, root: Path) -> Iterator[Planted]:
    """Plant what only shows when the cells run: each in a cell of its own, all in one notebook, in one run.

    Beside it runs the clean notebook, and none of its cells may fail.
    """
    shutil.copytree(specimen.parent.parent, root)
    nb = read(specimen)
    for _, plant in FOUND_BY_RUNNING.values():
        plant(nb)
    for _, plant, _, _ in FOUND_BY_RUNNING_AGAIN.values():
        plant(nb)
    planted, solved = "notebooks/01_planted.ipynb", "notebooks/02_solved.ipynb"
    (root / planted).write_text(render(nb), encoding="utf-8")
    (root / solved).write_text(render(_wrongly_solved(read(specimen), root)), encoding="utf-8")

    run = run_gate(root, "--whole", "--busy=0", "-o", "gate_lessons=content")
    clean = [cell for cell in run.failed if cell.file not in (planted, solved)]
    looked = sum(1 for cell in run.outcomes if cell.file not in (planted, solved))
    awake = looked == 2 * len(_CELLS) and not clean
    detail = f"{looked} cells, failed: {[*map(str, clean)]}\n{run.output}"
    yield Planted("nothing at all", "run", awake, detail, control=True)
    for fault, (name, _) in FOUND_BY_RUNNING.items():
        cell = CellId(planted, "twice", name)
        yield Planted(fault, "nbval", cell in run.failed, run.outcomes.get(cell, "did not run"))
    for fault, (name, _, first, second) in FOUND_BY_RUNNING_AGAIN.items():
        failed = {cell.edition for cell in run.failed if (cell.file, cell.cell) == (planted, name)}
        said = f"{name} says something else when it is run a second time" in run.output
        said = said and f"The first time:\n{first}\nThe second time:\n{second}\n" in run.output
        yield Planted(fault, "twice", failed == {"twice"} and said, run.output)
    others = {cell.cell for cell in run.failed if cell.file == planted and cell.edition == "twice"}
    others -= {name for name, *_ in (*FOUND_BY_RUNNING.values(), *FOUND_BY_RUNNING_AGAIN.values())}
    yield Planted(
        "nothing in the other cells", "nbval", not others, f"failed: {sorted(others)}", control=True
    )
    for fault, name in {
        "a reference answer that does not pass": "checked",
        "an output that depends on a solved exercise": "unmoved",
    }.items():
        failed = {cell.edition for cell in run.failed if (cell.file, cell.cell) == (solved, name)}
        yield Planted(fault, "learner", failed == {"learner"}, f"found by: {sorted(failed)}")


def _wrongly_solved(nb: NotebookNode, root: Path) -> NotebookNode:
    """A notebook whose reference answer is wrong, and in which an output depends on the answer."""
    nb.metadata["course"]["lesson"] = "wrong"
    answer = path_of(root / "content" / "wrong", "specimen.double")
    answer.parent.mkdir(parents=True)
    answer.write_text("# %% right reference\ndef double(number):\n    return number\n", encoding="utf-8")
    _cell(nb, "unmoved").source = "double(2)"
    _cell(nb, "unmoved").outputs = []
    return nb


def plant_in_the_tree(specimen: Path, root: Path) -> Iterator[Planted]:
    """Plant faults after which the gate sees nothing, some cells only, or cells without a kernel."""
    base = specimen.parent.parent
    lessons = "gate_lessons=content"

    renamed = root / "renamed"
    shutil.copytree(base, renamed)
    (renamed / "notebooks").rename(renamed / "lessons")
    run = run_gate(renamed, "-o", lessons)
    caught = run.status != 0 and "0 of" in run.output
    yield Planted("a renamed folder", "count of cells", caught, run.output)

    shutil.rmtree(renamed / "lessons")
    problems = list(missing_cells(renamed, ["shipped"], set()))
    yield Planted("a tree without notebooks", "count of cells", len(problems) == 1, f"{problems}")

    # What a worker sees when the cells of a notebook are dealt out one by one.
    first = f"notebooks/{specimen.name}::Cell 0 {next(iter(_CELLS))}"
    run = run_gate(base, "--editions=shipped", "-o", lessons, "--deselect", first)
    caught = run.status != 0 and len(run.failed) == len(_CELLS) - 1 and "The cells before it" in run.output
    yield Planted("a notebook spread over two kernels", "order of cells", caught, run.output)
