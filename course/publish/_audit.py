"""The rules of a notebook: those that make nbval look at every cell, and those that make a good lesson."""

from __future__ import annotations

import ast
import contextlib
import io
import re
import tokenize
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbval.plugin import comment_markers, metadata_tags
from pydantic import ValidationError

from course.notebook import (
    Unreadable,
    called_name,
    checked_exercise,
    code_cells,
    course_metadata,
    headings_in,
    parse,
    read,
    read_bytes,
    render,
    strings,
    tags,
    unfolded,
)
from course.paths import LESSONS
from course.practice import ContentError
from course.practice.exercise_file import exercises_in, program_texts, source_of
from course.practice.texts import LessonText, catalogue_path, engine_misses, load
from course.publish._normal import CELL_TAGS, CellInfo, NotebookInfo, counts_rise, normalise
from course.publish._origin import has_picture, origin, statements
from course.publish._skeleton import still_to_write, unwritten
from course.publish._unstable import SANITISER, Replacement, find_unstable, sanitise

MAX_WORDS = 130
"""Words of a prose cell. About 100 is the convention, this is the limit."""
MAX_LINES = 15
"""Lines of a code cell, blank ones and imports not counted. About 12 is the convention, this is the limit."""

MIN_SLIDES = 3
"""Cells on slides that a lesson has at least: its title, something to see, its key points."""

_REFRESH = "Run `python3 -m course refresh` on it."


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a notebook, and what to do about it."""

    file: str
    cell: str
    rule: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}, cell {self.cell}" if self.cell else self.file
        return f"{place}: [{self.rule}] {self.problem} {self.remedy}".rstrip()


@dataclass(frozen=True)
class _Notebook:
    """What a rule looks at."""

    path: Path
    content: bytes
    nb: NotebookNode
    lessons: Path

    def finding(self, cell: NotebookNode | None, rule: str, problem: str, remedy: str) -> Finding:
        name = str(cell.get("id", "?")) if cell is not None else ""
        return Finding(self.path.name, name, rule, problem, remedy)


_Rule = Callable[[_Notebook], Iterable[Finding]]
_RULES: list[_Rule] = []


def _rule(function: _Rule) -> _Rule:
    _RULES.append(function)
    return function


def audit(notebook: Path, *, lessons: Path | None = None) -> list[Finding]:
    """Return everything that is wrong with the notebook at ``notebook``; nothing is run.

    ``lessons`` is the folder with one folder of content per lesson (default: the course's own).
    """
    try:
        content = read_bytes(notebook)
        nb = parse(content, notebook)
        nbformat.validate(nb)
    except Unreadable as error:
        return [Finding(notebook.name, "", "format", str(error), "")]
    except Exception as error:
        reason = str(error).strip().splitlines()[0]
        problem = f"This is not a valid notebook: {reason}."
        return [
            Finding(notebook.name, "", "format", problem, "Open it in JupyterLab and save it, or restore it.")
        ]
    subject = _Notebook(notebook, content, nb, lessons or LESSONS)
    return _unexplained([finding for rule in _RULES for finding in rule(subject)])


_EXPLAINS = {
    "not-run": {"tag-without-error"},
    "empty-cell": {"not-run"},
    "unseen-image": {"no-text"},
    "title": {"not-on-a-slide"},
}
"""Findings that another one in the same cell causes, and that disappear with it."""


def _unexplained(findings: list[Finding]) -> list[Finding]:
    """The findings that no other one explains; of those that ``refresh`` would remove, only the first."""
    rules = {(finding.cell, finding.rule) for finding in findings}
    kept = [
        finding
        for finding in findings
        if not any(finding.rule in less and (finding.cell, rule) in rules for rule, less in _EXPLAINS.items())
    ]
    if any(finding.rule in ("no-content", "content") for finding in kept):
        kept = [finding for finding in kept if finding.rule != "no-reference"]
    stale = [finding for finding in kept if finding.remedy == _REFRESH]
    rest = [finding for finding in kept if finding.remedy != _REFRESH]
    if len(stale) < 2:
        return kept
    others = ", ".join(dict.fromkeys(finding.cell for finding in stale[1:] if finding.cell))
    also = f" Refresh sees to {others} as well." if others else ""
    return [replace(stale[0], problem=stale[0].problem + also), *rest]


def audit_tree(
    folder: Path, *, lessons: Path | None = None, sanitiser: tuple[Replacement, ...] = SANITISER
) -> list[Finding]:
    """Audit every notebook in ``folder``, and what shows only in all of them together.

    A folder without notebooks is a finding: a gate that looks at nothing must not be green.
    """
    paths = sorted(folder.glob("*.ipynb"))
    if not paths:
        return [
            Finding(
                str(folder),
                "",
                "no-notebooks",
                "There is no notebook here.",
                "Correct the name of the folder.",
            )
        ]
    findings = [finding for path in paths for finding in audit(path, lessons=lessons)]
    notebooks = []
    for path in paths:
        try:
            notebooks.append((path, read(path)))
        except Unreadable:  # reported by audit() already
            continue
    together = [*_unlisted(paths), *_same_twice(notebooks), *_audit_sanitiser(notebooks, sanitiser)]
    if {"format", "not-run"} & {finding.rule for finding in findings}:
        together = [finding for finding in together if finding.rule != "sanitiser-dead"]
    return findings + together


def _unlisted(notebooks: list[Path]) -> Iterator[Finding]:
    """The lessons that the README beside their folder does not link to."""
    readme = notebooks[0].parent.parent / "README.md"
    text = readme.read_text("utf-8") if readme.is_file() else None
    for path in notebooks:
        if text is not None and f"({path.parent.name}/{path.name})" not in text:
            problem = "README.md does not link to it."
            yield Finding(path.name, "", "unlisted", problem, "Add a line to its table of lessons.")


# ---- what nbval does not see ---------------------------------------------------------------------


@_rule
def _ran_in_order(it: _Notebook) -> Iterator[Finding]:
    cells = code_cells(it.nb)
    if not cells:
        yield it.finding(None, "no-code", "There is no code cell.", "A lesson runs something; add a cell.")
    for cell in cells:
        if cell.execution_count is None:
            problem = "It was never run, so nbval would compare nothing."
            yield it.finding(cell, "not-run", problem, _REFRESH)
    if not counts_rise([cell.execution_count for cell in cells]):
        yield it.finding(None, "count", "The cells were not run from top to bottom.", _REFRESH)
    for cell in cells:
        if not cell.source.strip():
            yield it.finding(cell, "empty-cell", "It is empty.", "Delete it.")


@_rule
def _errors_are_announced(it: _Notebook) -> Iterator[Finding]:
    for cell in code_cells(it.nb):
        raised = [output for output in cell.outputs if output.output_type == "error"]
        tagged = "raises-exception" in tags(cell)
        if raised and not tagged:
            problem = f"It stores the error {raised[0].ename}, but is not tagged raises-exception."
            yield it.finding(cell, "error-without-tag", problem, "Correct the code, or add the tag.")
        elif tagged and not raised:
            problem = "It is tagged raises-exception, but stores no error; nbval would not miss it."
            yield it.finding(cell, "tag-without-error", problem, "Remove the tag, or make the cell raise.")


@_rule
def _nothing_is_ignored(it: _Notebook) -> Iterator[Finding]:
    markers = set(comment_markers) - {"NBVAL_CHECK_OUTPUT"}
    ignoring = set(metadata_tags) - {"raises-exception", "nbval-check-output"}
    for cell in it.nb.cells:
        found = tags(cell) & ignoring
        if cell.cell_type == "code":
            found |= {marker for marker in markers if re.search(rf"#\s*{marker}\b", cell.source)}
        for marker in sorted(found):
            problem = f"{marker} would keep nbval from comparing it."
            yield it.finding(cell, "ignored", problem, "Remove it and make the output stable.")


@_rule
def _outputs_are_compared(it: _Notebook) -> Iterator[Finding]:
    for cell in code_cells(it.nb):
        for output in cell.outputs:
            if output.output_type == "stream" and output.name == "stderr":
                problem = f"It writes to stderr: {_start(output.text)}."
                yield it.finding(cell, "stderr", problem, "Remove the cause of the warning.")
            if output.output_type not in ("display_data", "execute_result"):
                continue
            for mime in sorted({"image/png", "image/jpeg"} & set(output.data)):
                problem = f"nbval never compares {mime}."
                yield it.finding(
                    cell, "unseen-image", problem, "Draw it as SVG, with a text/plain beside it."
                )
            plain = output.data.get("text/plain", "")
            if not plain.strip():
                problem = "An output has no text/plain, which screen readers and nbval read."
                yield it.finding(
                    cell, "no-text", problem, "Give the object a __repr__ that says what it shows."
                )
            elif re.match(r"<[\w.]+ object( at .*)?>$|<IPython\.core\.display", plain):
                problem = f"The text of an output says nothing: {_start(plain)}."
                yield it.finding(
                    cell, "empty-text", problem, "Give the object a __repr__ that says what it shows."
                )


@_rule
def _outputs_are_stable(it: _Notebook) -> Iterator[Finding]:
    for cell in code_cells(it.nb):
        seen: set[str] = set()
        for output in cell.outputs:
            for place, text in strings(output):
                if place == "stderr":  # a finding in any case
                    continue
                for kind, match in find_unstable(sanitise(text)):
                    if kind.rule not in seen:
                        seen.add(kind.rule)
                        problem = f"Its {place} holds {kind.what}: {_start(match)}."
                        yield it.finding(cell, kind.rule, problem, kind.remedy)
                if "\x1b[" in text and "ansi" not in seen:
                    seen.add("ansi")
                    problem = f"Its {place} holds colour codes of a terminal."
                    yield it.finding(cell, "ansi", problem, _REFRESH)


_NOT_MODELLED = re.compile(r"\b(?:clear_output|update_display|display_id|os\.system|os\.popen|getoutput)\b")


@_rule
def _code_is_plain_python(it: _Notebook) -> Iterator[Finding]:
    for cell in code_cells(it.nb):
        magic = re.search(r"^\s*(%%?\w+|!.*|\?\w+|[\w.]+\?{1,2})\s*.*$", _outside_strings(cell.source), re.M)
        if magic or "get_ipython(" in cell.source:
            problem = f"It uses a magic or a shell command: {_start(magic[0] if magic else 'get_ipython()')}."
            yield it.finding(cell, "magic", problem, "Write it in Python.")
        if _ends_with_semicolon(cell.source):
            problem = "It ends with a semicolon, which hides the output in JupyterLab but not from nbval."
            yield it.finding(
                cell, "semicolon", problem, "Remove it; assign the value if nobody should see it."
            )
        if found := _NOT_MODELLED.search(cell.source):
            problem = f"nbval does not see what {found[0]} does."
            yield it.finding(cell, "not-modelled", problem, "Show a result once, when it is complete.")


def _tokens(source: str) -> list[tokenize.TokenInfo]:
    try:
        return list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return []


def _outside_strings(source: str) -> str:
    """Return ``source`` with the lines inside string literals blanked, where Python can read it."""
    lines = source.splitlines()
    for token in _tokens(source):
        if token.type == tokenize.STRING and token.end[0] > token.start[0]:
            for number in range(token.start[0], token.end[0]):
                lines[number] = ""
    return "\n".join(lines)


def _ends_with_semicolon(source: str) -> bool:
    skipped = {tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT, tokenize.ENDMARKER, tokenize.DEDENT}
    significant = [token for token in _tokens(source) if token.type not in skipped]
    if not significant:
        return source.rstrip().endswith(";")
    return significant[-1].string == ";"


# ---- what a notebook says about itself -----------------------------------------------------------


@_rule
def _metadata_is_valid(it: _Notebook) -> Iterator[Finding]:
    try:
        info = NotebookInfo.model_validate(course_metadata(it.nb))
    except ValidationError as error:
        for problem in _problems(error):
            yield it.finding(None, "metadata", problem, "Correct the notebook's metadata `course`.")
        return
    if it.path.stem != f"{info.number:02d}_{info.lesson}":
        problem = f"The metadata says number {info.number}, lesson {info.lesson}."
        yield it.finding(None, "name", problem, f"Call the file {info.number:02d}_{info.lesson}.ipynb.")
    if not (it.lessons / info.lesson).is_dir():
        problem = f"There is no content for the lesson {info.lesson}."
        yield it.finding(None, "no-content", problem, f"Make the folder {it.lessons.name}/{info.lesson}.")


@_rule
def _content_can_be_used(it: _Notebook) -> Iterator[Finding]:
    """The lesson's words, programs and checks, as far as reading them tells."""
    folder = it.lessons / str(course_metadata(it.nb).get("lesson"))
    catalogue = catalogue_path(folder)
    if not catalogue.is_file():
        return
    for line in still_to_write(folder):
        yield it.finding(None, "unwritten", f"{line}.", "Write it.")
    try:
        text = load(catalogue)
        for id in exercises_in(folder):
            program_texts(folder, id)
    except ContentError as error:
        for line in str(error).splitlines():
            yield it.finding(None, "content", line, "")
        return
    for line_number, miss in _unknown_misses(folder / "checks.py", text):
        problem = f"{folder.name}/checks.py, line {line_number}: no exercise has the miss {miss}."
        remedy = f"Write what it says under `misses:` in {catalogue.name}, or correct the name."
        yield it.finding(None, "unknown-miss", problem, remedy)
    for idea in sorted(text.referenced() - _described(it.lessons, text, text.referenced())):
        problem = f"{folder.name}/{catalogue.name}: no lesson describes the misconception {idea}."
        remedy = "Describe it under `misconceptions:`, or correct the name."
        yield it.finding(None, "unknown-idea", problem, remedy)


def _described(lessons: Path, text: LessonText, wanted: Set[str]) -> Set[str]:
    """The misconceptions of this lesson, and of the others if it points at one of theirs."""
    found = set(text.misconceptions)
    for other in lessons.iterdir() if wanted - found else ():
        if catalogue_path(other).is_file():
            with contextlib.suppress(ContentError):  # told of where its own notebook is audited
                found |= set(load(catalogue_path(other)).misconceptions)
    return found


def _unknown_misses(checks: Path, text: LessonText) -> Iterator[tuple[int, str]]:
    """Each ``NotYet("<miss>", …)`` for which neither the lesson nor the engine has words, with its line."""
    known = {miss for exercise in text.exercises.values() for miss in exercise.misses} | set(engine_misses())
    tree = ast.parse(checks.read_text("utf-8") if checks.is_file() else "")
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "NotYet":
            named = node.args[0] if node.args else None
            if isinstance(named, ast.Constant) and named.value not in known:
                yield node.lineno, str(named.value)


@_rule
def _pictures_belong_to_the_code(it: _Notebook) -> Iterator[Finding]:
    cells = code_cells(it.nb)
    for position, cell in enumerate(cells):
        drawn = origin(cells, position) if has_picture(cell) else None
        if course_metadata(cell).get("drawn") != drawn:
            problem = "The code was changed after its picture was drawn."
            yield it.finding(cell, "stale", problem, _REFRESH)


@_rule
def _names_of_the_course_stay(it: _Notebook) -> Iterator[Finding]:
    imported: set[str] = set()
    for cell in code_cells(it.nb):
        for statement in statements(cell.source):
            of_course = re.match(r"(?:from course\b|import course\b)", statement.text) is not None
            for name in sorted(statement.binds & imported if not of_course else ()):
                problem = f"It gives the name {name}, which is imported from the course, to something else."
                yield it.finding(cell, "shadows", problem, "Choose another name.")
            imported |= statement.binds if of_course else set()


def _problems(error: ValidationError) -> Iterator[str]:
    for detail in error.errors(include_url=False):
        where = ".".join(str(part) for part in detail["loc"]) or "course"
        yield f"{where}: {detail['msg']}."


@_rule
def _cells_are_valid(it: _Notebook) -> Iterator[Finding]:
    for cell in it.nb.cells:
        try:
            CellInfo.model_validate(course_metadata(cell))
        except ValidationError as error:
            for problem in _problems(error):
                yield it.finding(cell, "cell-metadata", problem, "Correct the cell's metadata `course`.")
        unknown = tags(cell) - set(CELL_TAGS) - set(metadata_tags)
        for tag in sorted(unknown):
            known = ", ".join(sorted(CELL_TAGS))
            yield it.finding(cell, "unknown-tag", f"Nobody knows the tag {tag}.", f"The tags are {known}.")


@_rule
def _is_normal(it: _Notebook) -> Iterator[Finding]:
    if it.content != render(normalise(it.nb)).encode():
        problem = "It holds what an editor left behind, or is not written as refresh writes it."
        yield it.finding(_first_difference(it.nb), "not-normal", problem, _REFRESH)


def _first_difference(nb: NotebookNode) -> NotebookNode | None:
    for before, after in zip(nb.cells, normalise(nb).cells, strict=True):
        if before != after:
            found: NotebookNode = before
            return found
    return None


# ---- conventions of a lesson ---------------------------------------------------------------------


@_rule
def _cells_are_short(it: _Notebook) -> Iterator[Finding]:
    for cell in it.nb.cells:
        if cell.cell_type == "markdown":
            words = _words(cell.source)
            if words > MAX_WORDS:
                problem = f"It has {words} words; {MAX_WORDS} is the limit."
                yield it.finding(cell, "long-prose", problem, "Split it where a second idea begins.")
        elif cell.cell_type == "code":
            lines = _lines(cell.source)
            if lines > MAX_LINES:
                problem = f"It has {lines} lines of code; {MAX_LINES} is the limit."
                remedy = "Split it, or move it to the lesson's folder and show it with show_source()."
                yield it.finding(cell, "long-code", problem, remedy)


def _lines(code: str) -> int:
    """Lines that a reader has to follow: blank ones and imports are not among them."""
    lines = [line.strip() for line in code.splitlines()]
    with contextlib.suppress(SyntaxError):  # a magic, or an error that the lesson shows
        for node in ast.parse(code).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                    lines[number - 1] = ""
    return sum(map(bool, lines))


def _words(markdown: str) -> int:
    """Words that are read one after the other: no code, and no tables, which are for looking something up."""
    text = re.sub(r"```.*?```|<!--.*?-->|^\|[^\n]*$", " ", unfolded(markdown), flags=re.S | re.M)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return len(re.findall(r"\w[\w'’-]*", re.sub(r"</?\w+[^>]*>", " ", text)))


@_rule
def _begins_with_its_title(it: _Notebook) -> Iterator[Finding]:
    titles = [cell for cell in it.nb.cells if _is_title(cell)]
    first = it.nb.cells[0] if it.nb.cells else None
    if len(titles) != 1 or titles[0] is not first:
        problem = f"It has {len(titles)} titles; it needs one, in the first cell."
        yield it.finding(
            titles[-1] if titles else None, "title", problem, "Use `## ` for the parts of a lesson."
        )


def _is_title(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and any(level == 1 for level, _ in headings_in(cell.source))


@_rule
def _exercises_are_complete(it: _Notebook) -> Iterator[Finding]:
    lesson = course_metadata(it.nb).get("lesson")
    pending: tuple[str, NotebookNode] | None = None
    for cell in it.nb.cells:
        name = course_metadata(cell).get("exercise")
        is_starter = "exercise" in tags(cell)
        if is_starter != (name is not None) or (is_starter and cell.cell_type != "code"):
            problem = "The tag exercise and the metadata course.exercise belong together, on a code cell."
            yield it.finding(cell, "exercise", problem, "Give it both, or none.")
        if name and cell.cell_type == "code":
            if pending:
                yield _unchecked(it, *pending)
            pending = (name, cell)
            try:
                source_of(it.lessons / str(lesson), name, "right_reference")
            except ContentError as error:
                problem = f"The exercise {name} has no reference answer."
                yield it.finding(cell, "no-reference", problem, f"{error}.")
        checked = checked_exercise(cell)
        if ("check" in tags(cell)) != (checked is not None):
            problem = "The tag check belongs to a cell that is one call of check(), and to no other."
            yield it.finding(cell, "check", problem, 'Write `check("<exercise id>", ...)` and nothing else.')
        if checked is not None:
            if pending is None or pending[0] != checked:
                problem = f"It checks {checked}, but that is not the exercise before it."
                yield it.finding(cell, "check", problem, "Put the check right after its exercise.")
            pending = None
    if pending:
        yield _unchecked(it, *pending)


def _unchecked(it: _Notebook, name: str, cell: NotebookNode) -> Finding:
    remedy = f'Add a cell `check("{name}", ...)` with the tag check after it.'
    return it.finding(cell, "no-check", f"Nothing checks the exercise {name}.", remedy)


@_rule
def _nothing_is_unwritten(it: _Notebook) -> Iterator[Finding]:
    for cell, line in unwritten(it.nb):
        yield it.finding(cell, "unwritten", f"Something is still to be written: {_start(line)}.", "Write it.")


# ---- what an instructor needs ----------------------------------------------------------------------


@_rule
def _tells_a_talk(it: _Notebook) -> Iterator[Finding]:
    slides = missing = 0
    for cell in it.nb.cells:
        if "slide" in tags(cell):
            slides += 1
        elif what := _belongs_on_a_slide(cell):
            missing += 1
            problem = f"This {what} is on no slide."
            yield it.finding(cell, "not-on-a-slide", problem, "Give the cell the tag `slide`.")
    if slides + missing < MIN_SLIDES:
        problem = f"It has {slides} cells on slides; a talk needs {MIN_SLIDES} at least."
        yield it.finding(None, "few-slides", problem, "Tag its key points with `slide`.")


def _belongs_on_a_slide(cell: NotebookNode) -> str:
    if cell.cell_type != "code":
        return "title" if _is_title(cell) else ""
    if called_name(cell) == "predict":
        return "prediction"
    drawn = any("<svg" in text for output in cell.outputs for place, text in strings(output) if "/" in place)
    return "picture" if drawn else ""


@_rule
def _helps_the_instructor(it: _Notebook) -> Iterator[Finding]:
    if not any(course_metadata(cell).get("note") for cell in it.nb.cells):
        problem = "No cell has a note for the instructor."
        remedy = "Say in a cell's metadata course.note what goes wrong in a room here, or what to ask."
        yield it.finding(None, "no-note", problem, remedy)


# ---- what only shows when all notebooks are seen together ----------------------------------------


def _same_twice(notebooks: list[tuple[Path, NotebookNode]]) -> Iterator[Finding]:
    numbers = Counter(course_metadata(nb).get("number") for _, nb in notebooks)
    exercises = Counter(course_metadata(cell).get("exercise") for _, nb in notebooks for cell in nb.cells)
    for path, nb in notebooks:
        number = course_metadata(nb).get("number")
        if number is not None and numbers[number] > 1:
            yield Finding(
                path.name, "", "number", f"Two notebooks have the number {number}.", "Renumber one."
            )
        for cell in nb.cells:
            name = course_metadata(cell).get("exercise")
            if name is not None and exercises[name] > 1:
                problem = f"The exercise {name} starts in {exercises[name]} cells."
                yield Finding(path.name, cell.get("id", "?"), "exercise", problem, "Give each its own id.")


def _audit_sanitiser(
    notebooks: list[tuple[Path, NotebookNode]], sanitiser: tuple[Replacement, ...]
) -> Iterator[Finding]:
    for replacement in sanitiser:
        matched = 0
        for path, nb in notebooks:
            for cell in code_cells(nb):
                for place, text in (found for output in cell.outputs for found in strings(output)):
                    if place == "traceback":  # never compared, so nothing can hide in it
                        continue
                    for match in re.finditer(replacement.pattern, text):
                        if place in replacement.places and replacement.is_whole(match[0]):
                            matched += 1
                            continue
                        problem = (
                            f"The sanitiser's pattern for the {replacement.name} matches too much, "
                            f"in {place}: {_start(match[0])}."
                        )
                        remedy = "Make the pattern narrower, or change the output."
                        yield Finding(path.name, cell.get("id", "?"), "sanitiser-too-wide", problem, remedy)
                        break
        if not matched:
            problem = f"The sanitiser's pattern for the {replacement.name} matches no stored output any more."
            yield Finding("", "", "sanitiser-dead", problem, "Remove it from the sanitiser, or correct it.")


def _start(text: str, length: int = 60) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 3] + "..."
