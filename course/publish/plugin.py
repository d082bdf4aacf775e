"""The notebook gate, as a pytest plugin on top of nbval.

Each notebook runs as a *learner* goes through it: every cell once, as shipped. After each check has said
what is stored, the exercise's reference answer is run, and the check again, which has to pass. Every cell
below still has to say what is stored, so nothing depends on what the learner has solved. The processors are
busy with something else meanwhile, so nothing depends on speed either. With ``--whole`` it runs *twice* as
well: as shipped, each cell two times in a row, compared both times. *Shipped* is a single run of each cell.
Of the notebooks in another language, the first two are in every run, and all with ``--whole``.

What the plugin adds to nbval:

- each kernel has an empty workspace, IPython folder and environment of its own, and shows deprecations;
- a notebook stays whole: one worker of pytest-xdist runs all its cells, whatever ``--dist`` says, and a cell
  that runs without the ones before it says so;
- text and pictures must come in the stored order, and output that arrives after its cell has ended is an
  error;
- a run of everything fails when it did not collect every code cell of the tree, or none at all;
- the slowest cells are named at the end.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbval.plugin import IPyNbCell, IPyNbFile
from xdist.scheduler import LoadScopeScheduling

from course.kernel import start_again_if_it_fails
from course.notebook import checked_exercise, code_cells, course_metadata, read
from course.publish._gate import Busy, file_id, is_cell, is_left_out, missing_cells
from course.publish._kernel import environment, kernel_environment, private_folder
from course.publish._normal import depends_on_the_learner, reference
from course.publish._twice import run_twice
from course.publish._unstable import SANITISER
from course.words import ENGINE, ENGLISH, translated

EDITIONS = ("learner",)
WHOLE = ("learner", "twice")
BUSY_PROCESSES = 2
SLOWEST = 10
_PASSED = "Passed: {title}"
"""How a check that passes begins, as the practice engine says it."""
_THOROUGH = "thorough"
_VISIBLE = {"stream", "display_data", "execute_result", "error"}


class Notebook(IPyNbFile):  # type: ignore[misc]  # nbval has no types
    """A notebook as shipped."""

    edition = "shipped"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cells_run = 0
        self.current: str | None = None
        self.late: list[str] = []
        self._closing = ExitStack()

    @cached_property
    def language(self) -> str:
        """What the course speaks in this notebook."""
        return str(course_metadata(read(self.path)).get("language", ENGLISH))

    def read(self) -> NotebookNode:
        """Return the notebook that this edition runs."""
        return read(self.path)

    def collect(self) -> Iterator[Cell]:
        """Yield a test per code cell, named by its number and id."""
        notebook = self.read()
        names = [cell.get("id", "") for cell in code_cells(notebook)]
        for item, cell in zip(super().collect(), code_cells(notebook), strict=True):
            name = f"{item.name} {names[item.cell_num]}".strip()
            yield Cell.from_parent(self, name=name, cell_num=item.cell_num, cell=cell, options=item.options)

    def setup(self) -> None:
        """Start the kernel in surroundings of its own."""
        folder = self._closing.enter_context(private_folder())
        with environment(kernel_environment(folder, language=self.language)):
            start_again_if_it_fails(self._start, self.config.option.nbval_kernel_startup_timeout)
        execute = self.kernel.execute_cell_input

        def execute_and_remember(*args: Any, **kwargs: Any) -> str:
            self.current = execute(*args, **kwargs)
            return self.current

        self.kernel.execute_cell_input = execute_and_remember

    def _start(self, seconds: float) -> None:
        option = self.config.option
        patience = option.nbval_kernel_startup_timeout
        option.nbval_kernel_startup_timeout = seconds
        try:
            super().setup()
        finally:
            option.nbval_kernel_startup_timeout = patience

    def setup_sanitize_files(self) -> None:
        """Use the declared sanitiser; a file would be read in the encoding of the locale."""
        for replacement in SANITISER:
            self.sanitize_patterns[replacement.pattern] = replacement.replacement

    def get_kernel_message(self, timeout: float | None = None, stream: str = "iopub") -> dict[str, Any]:
        """Return the kernel's next message, noting output of cells that have ended."""
        message: dict[str, Any] = super().get_kernel_message(timeout=timeout, stream=stream)
        if message["msg_type"] in _VISIBLE and message["parent_header"].get("msg_id") != self.current:
            content = message["content"]
            self.late.append(content.get("text") or str(content.get("data") or content.get("evalue")))
        return message

    def teardown(self) -> None:
        """Stop the kernel and remove its folder."""
        try:
            super().teardown()
        finally:
            self._closing.close()


class NotebookTwice(Notebook):
    """A notebook as shipped, each cell run twice in a row."""

    edition = "twice"


class LearnersNotebook(Notebook):
    """A notebook whose exercises are solved on the way, run while the processors are busy."""

    edition = "learner"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.solved = False

    def answer_to(self, exercise: str) -> str:
        """Our answer to an exercise of the notebook."""
        return reference(self.read(), exercise, lessons=lessons_folder(self.config))

    def setup(self) -> None:
        """Start the load, then the kernel."""
        self._closing.enter_context(Busy(_share_of_load(self.config)))
        super().setup()


_COLLECTED = {each.edition: each for each in (Notebook, NotebookTwice, LearnersNotebook)}


def _share_of_load(config: pytest.Config) -> int:
    """Return how many busy processes this worker has to start: the other workers are busy as well."""
    workers: int = getattr(config, "workerinput", {}).get("workercount", 1)
    busy: int = config.getoption("busy")
    return max(0, busy - (workers - 1))


class Cell(IPyNbCell):  # type: ignore[misc]  # nbval has no types
    """One code cell of one edition."""

    cell: NotebookNode
    _answered = False
    """Whether it is a check, and the exercise has been solved."""

    def setup(self) -> None:
        """Refuse to run without the cells before."""
        super().setup()
        notebook = self.parent
        if notebook.cells_run != self.cell_num:
            self.raise_cell_error(
                f"The cells before it were not run here, but {notebook.cells_run} of {self.cell_num}. "
                "Run the notebook whole: no -k for single cells, and no --dist that spreads it over workers."
            )

    def runtest(self) -> None:
        """Run the cell, compare its output, and look for output that came too late."""
        notebook = self.parent
        notebook.cells_run += 1
        notebook.late.clear()
        if notebook.edition == "twice":
            run_twice(self, super().runtest)
        else:
            super().runtest()
        if notebook.edition == "learner":
            self._solve()
        if notebook.late:
            self.raise_cell_error(f"Output of an earlier cell arrived during this one: {notebook.late!r}")

    def _solve(self) -> None:
        """In a cell that checks an exercise: run the reference answer, silently, and check again."""
        exercise = checked_exercise(self.cell)
        if exercise is None:
            return
        shipped = self.cell
        self.cell = new_code_cell(self.parent.answer_to(exercise))
        super().runtest()
        self.cell = shipped
        self._answered = self.parent.solved = True
        super().runtest()

    def compare_outputs(self, test: Any, ref: Any, skip_compare: Any = None) -> bool:
        """Compare as nbval does, and the order of text and displays as well."""
        if self._answered:
            return self._says_passed(test)
        if getattr(self.parent, "solved", False) and depends_on_the_learner(self.cell):
            return True
        if not super().compare_outputs(test, ref, skip_compare):
            return False
        came, stored = _order(test), _order(ref)
        if came != stored:
            self.comparison_traceback = [f"the outputs come in the order {came}, stored are {stored}"]
        return came == stored

    def _says_passed(self, outputs: list[NotebookNode]) -> bool:
        texts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs]
        said = "\n".join(texts)
        self.comparison_traceback = [f"the reference answer did not pass:\n{said}"]
        parts = translated(_PASSED, ENGINE, self.parent.language).split("{title}")
        return re.match(".+".join(map(re.escape, parts)), said) is not None

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where the cell is."""
        return self.path, 0, f"{self.name} ({self.parent.edition})"


def _order(outputs: list[NotebookNode]) -> list[str]:
    return [output.get("name") or "display" for output in outputs if output.output_type != "error"]


# ---- options and collection ----------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the gate."""
    group = parser.getgroup("gate", "notebook gate")
    group.addoption(
        "--editions",
        help=f"which editions of the notebooks to run, separated by commas (default: {','.join(EDITIONS)})",
    )
    group.addoption(
        "--whole",
        action="store_true",
        help="also the tests marked thorough, the notebooks twice, and all of those in other languages",
    )
    group.addoption(
        "--busy",
        type=int,
        default=BUSY_PROCESSES,
        help="busy processes beside notebooks of learners, other workers among them (default: %(default)s)",
    )
    parser.addini(
        "gate_whole",
        "beginnings of paths: the tests of each such file share what takes long to begin with, so one worker"
        " runs them (pytest-xdist 3.8 no longer finds its own groups with pytest 9.2)",
        type="linelist",
    )
    parser.addini("gate_lessons", "folder with the content of the lessons", type="paths", default=None)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse an edition that does not exist; make sure that no cell is left out."""
    unknown = set(editions(config)) - set(_COLLECTED)
    if unknown:
        raise pytest.UsageError(
            f"no such edition: {', '.join(sorted(unknown))} (there are {', '.join(_COLLECTED)})"
        )
    config.addinivalue_line("markers", "long: takes many seconds; begin with it")
    config.addinivalue_line("markers", f"{_THOROUGH}: left out without --whole")
    config.addinivalue_line("markers", "waits: mostly waits; run it beside something that computes")
    if not hasattr(config, "workerinput"):  # a worker of pytest-xdist sees only its share
        config.pluginmanager.register(EveryCell(config), "every-cell")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist what was asked for: it sees no more than the names of files."""
    node.workerinput[_THOROUGH] = is_thorough(node.config)


def is_thorough(config: pytest.Config) -> bool:
    """Whether the tests marked thorough run: with ``--whole``, or when a test, file or folder is named."""
    asked = bool(config.getoption("whole")) or not asks_for_all(config)
    return bool(getattr(config, "workerinput", {}).get(_THOROUGH, asked))


def editions(config: pytest.Config) -> list[str]:
    """Return the editions that this run is asked for."""
    chosen = config.getoption("editions")
    if chosen is None:
        return [*(WHOLE if config.getoption("whole") else EDITIONS)]
    return [name for name in str(chosen).split(",") if name]


def lessons_folder(config: pytest.Config) -> Path | None:
    """Return the folder of the lessons' content when it is not the course's own."""
    paths = config.getini("gate_lessons")
    return Path(paths[0]) if paths else None


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Generator[None, Any, Any]:
    """Collect each edition of a notebook in place of nbval's single one."""
    collected = yield
    kept = [one for one in collected if not isinstance(one, IPyNbFile)]
    if len(kept) < len(collected):
        if is_left_out(file_path, all_languages=_all_languages(parent)) and not _is_named(file_path, parent):
            return kept
        name = file_path.relative_to(parent.config.rootpath).as_posix()
        for edition in editions(parent.config):
            kind = _COLLECTED[edition]
            kept.append(kind.from_parent(parent, path=file_path, nodeid=file_id(name, edition)))
    return kept


def _all_languages(node: pytest.Collector | EveryCell) -> bool:
    return bool(node.config.getoption("whole"))


def _is_named(path: Path, parent: pytest.Collector) -> bool:
    """Whether the command line names this very file."""
    return parent.session.isinitpath(path)


# ---- every cell, and more than none --------------------------------------------------------------


class EveryCell:
    """Counts the cells that ran, where all reports arrive, and fails a whole run that left one out."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.seen: set[str] = set()
        self.problems: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note that a cell was reached."""
        if report.when == "setup" and is_cell(report.nodeid):
            self.seen.add(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Compare with the tree, unless the run was cut short or asked for less."""
        complete = exitstatus in (
            pytest.ExitCode.OK,
            pytest.ExitCode.TESTS_FAILED,
            pytest.ExitCode.NO_TESTS_COLLECTED,
        )
        if complete and asks_for_all(self.config) and not (session.shouldfail or session.shouldstop):
            self.problems = list(
                missing_cells(
                    self.config.rootpath,
                    editions(self.config),
                    self.seen,
                    all_languages=_all_languages(self),
                )
            )
            if self.problems:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say what was left out."""
        if self.problems:
            terminalreporter.section("the notebook gate did not look at everything", red=True)
            for problem in self.problems:
                terminalreporter.line(problem)


def asks_for_all(config: pytest.Config) -> bool:
    """Whether the command line includes every test of the repository."""
    if config.args_source not in (config.ArgsSource.TESTPATHS, config.ArgsSource.INVOCATION_DIR):
        return False
    narrowing = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "collectonly")
    return not any(config.getoption(name, None) for name in narrowing)


# ---- distribution --------------------------------------------------------------------------------


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes long, then the notebooks, so that no worker runs one alone at the end.

    A run of everything leaves out what is thorough.
    """
    if not is_thorough(config):
        config.hook.pytest_deselected(items=[item for item in items if _has(item, _THOROUGH)])
        items[:] = [item for item in items if not _has(item, _THOROUGH)]
    items.sort(key=lambda item: (not _has(item, "long"), not is_cell(item.nodeid)))
    if hasattr(config, "workerinput"):
        _spread(items)


def _spread(items: list[pytest.Item]) -> None:
    """Spread tests that mostly wait among those that compute, so that not all workers wait at once."""
    long = [item for item in items if _has(item, "long")]
    rest = items[len(long) :]
    places = [
        *_places([item for item in rest if not _has(item, "waits")]),
        *_places([item for item in rest if _has(item, "waits")]),
    ]
    items[:] = long + [item for _, item in sorted(places, key=lambda place: place[0])]


def _places(items: list[pytest.Item]) -> Iterator[tuple[float, pytest.Item]]:
    """Where each item stands among the others, from 0 to 1; the cells of a notebook stand in one place."""
    place, file = 0.0, ""
    for number, item in enumerate(items):
        cell_of = item.nodeid.partition("::")[0] if is_cell(item.nodeid) else ""
        if not cell_of or cell_of != file:
            place, file = number / len(items), cell_of
        yield place, item


def _has(item: pytest.Item, mark: str) -> bool:
    return item.get_closest_marker(mark) is not None


class WholeNotebooks(LoadScopeScheduling):  # type: ignore[misc, unused-ignore]
    """Gives all cells of a notebook, or a whole file, to one worker; other tests go to any free one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        whole = is_cell(nodeid) or file.startswith(tuple(self.config.getini("gate_whole")))
        return file if whole else nodeid


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> WholeNotebooks:
    """Keep notebooks whole, whatever ``--dist`` says, and the order of the items."""
    config.option.loadscopereorder = False
    return WholeNotebooks(config, log)


# ---- report --------------------------------------------------------------------------------------


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name the slowest cells and say how many cells were looked at."""
    _say_planted(terminalreporter)
    cells = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        if getattr(report, "when", "") == "call" and is_cell(report.nodeid)
    ]
    if not cells:
        return
    notebooks = {report.nodeid.split("::", 1)[0] for report in cells}
    terminalreporter.section(f"notebooks: {len(cells)} cells in {len(notebooks)} runs, the slowest")
    for report in sorted(cells, key=lambda report: report.duration, reverse=True)[:SLOWEST]:
        terminalreporter.line(f"{report.duration:6.2f} s  {report.nodeid}")


def _say_planted(terminalreporter: Any) -> None:
    """Add up what the tests that plant faults have recorded."""
    planted: Counter[str] = Counter()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            if getattr(report, "when", "") == "call":
                planted.update({k: v for k, v in report.user_properties if k in ("faults", "faults caught")})
    if planted["faults"]:
        terminalreporter.line(f"planted faults: {planted['faults caught']} caught of {planted['faults']}")
