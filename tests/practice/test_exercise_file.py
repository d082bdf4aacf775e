"""The file of an exercise: what it may contain, how a fault is reported, what tools find again."""

import inspect
import linecache
import traceback
from pathlib import Path

import pytest

from course.practice import ContentError, bank, lesson
from course.practice.exercise_file import exercises_in, path_of, program_texts, source_of

FILE = """\
# Which of two numbers is it?

# %% prelude
ONE = 1


# %% starter
def one():
    return ____


# %% right reference
def one():
    return ONE


# %% wrong minus_one gets too-small
def one():
    # why: somebody counts down
    return -1


# %% wrong two gets engine.raised breaks just-one
def one():
    raise ValueError(2)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "course" / "lessons" / "some_lesson"


def written(folder: Path, text: str | bytes) -> Path:
    path = path_of(folder, "some.one")
    path.parent.mkdir(parents=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def test_each_program_has_its_text_and_what_its_header_says(folder: Path) -> None:
    texts = program_texts(written(folder, FILE), "some.one")
    assert [(text.name, text.kind, text.gets, text.breaks) for text in texts.values()] == [
        ("prelude", "prelude", None, None),
        ("starter", "starter", None, None),
        ("right_reference", "right", None, None),
        ("wrong_minus_one", "wrong", "too-small", None),
        ("wrong_two", "wrong", "engine.raised", "just-one"),
    ]
    assert texts["starter"].source == "def one():\n    return ____\n"
    assert texts["wrong_minus_one"].source.count("# why") == 1
    assert FILE.splitlines()[texts["wrong_two"].line - 1].startswith("# %% wrong two")
    assert exercises_in(folder) == ["some.one"]


@pytest.mark.parametrize("text", [FILE.replace("\n", "\r\n"), "\ufeff" + FILE, FILE.rstrip("\n")])
def test_what_editors_do_to_a_file_changes_no_program(folder: Path, tmp_path: Path, text: str) -> None:
    plain = program_texts(written(tmp_path / "plain", FILE), "some.one")
    found = program_texts(written(folder, text), "some.one")
    assert [each.source for each in found.values()] == [each.source for each in plain.values()]


def test_a_file_that_was_changed_is_read_again(folder: Path) -> None:
    assert source_of(written(folder, FILE), "some.one", "prelude") == "ONE = 1\n"
    path = path_of(folder, "some.one")
    before = path.stat().st_mtime_ns
    path.write_text(FILE.replace("ONE = 1", "ONE = 11"), encoding="utf-8")
    while path.stat().st_mtime_ns == before:  # a file system whose clock is coarse
        path.touch()
    assert source_of(folder, "some.one", "prelude") == "ONE = 11\n"


REFUSED = {
    "an unknown kind": (
        "# %% starter",
        "# %% start",
        7,
        "`# %% start` is not a header: write `# %% starter`",
    ),
    "a name with a hyphen": ("wrong two", "wrong two-2", 23, "names of programs: small letters, digits, `_`"),
    "no space": ("# %% starter", "#%% starter", 7, "`#%% starter` is not a header"),
    "a cell of prose": ("# %% starter", "# %% [markdown]", 7, "is not a header"),
    "a wrong one without a miss": (
        "minus_one gets too-small",
        "minus_one",
        17,
        "names no miss: write `# %% wrong minus_one gets <miss>`",
    ),
    "a right one with a miss": ("right reference", "right reference gets x", 12, "is not a header"),
    "a promise without a miss": ("gets engine.raised breaks", "breaks", 23, "is not a header"),
    "a cell inside a program": (
        "    # why",
        "    # %% why",
        19,
        "if it belongs to a program, write it without",
    ),
    "a cell in a text": ("raise ValueError(2)", '"""\n# %%\n"""', 26, "`# %%` is not a header"),
    "a header in a text": (
        "raise ValueError(2)",
        '"""\n# %% right two\n"""',
        25,
        "Python cannot read the program wrong_two (unterminated triple-quoted string literal",
    ),
    "the same name twice": ("wrong two", "wrong minus_one", 23, "has the name of the one in line 17: rename"),
    "an empty program": ("ONE = 1", "", 3, "nothing follows `# %% prelude`: write the program, or remove"),
    "a program above the headers": ("# Which", "ONE = 1\n# Which", 1, "no program may stand above the first"),
    "a program that is no Python": (
        "return -1",
        "return -",
        20,
        "Python cannot read the program wrong_minus_one",
    ),
}


@pytest.mark.parametrize(("old", "new", "line", "problem"), REFUSED.values(), ids=REFUSED)
def test_a_fault_is_told_with_its_line_and_its_remedy(
    folder: Path, old: str, new: str, line: int, problem: str
) -> None:
    assert old in FILE
    with pytest.raises(ContentError) as error:
        program_texts(written(folder, FILE.replace(old, new, 1)), "some.one")
    said = str(error.value)
    assert said.startswith(f"course/lessons/some_lesson/exercises/some.one.py, line {line}: ")
    assert problem in said


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "has no program: begin each with a header"),
        ("# only prose\n", "has no program: begin each with a header"),
        (b"# \xe9\n# %% starter\nx = 1\n", "is not UTF-8: save it in that encoding"),
    ],
)
def test_a_file_that_holds_no_programs_is_refused(folder: Path, text: str | bytes, problem: str) -> None:
    with pytest.raises(ContentError, match=problem):
        program_texts(written(folder, text), "some.one")


def test_what_is_missing_is_named(folder: Path) -> None:
    with pytest.raises(
        ContentError, match=r"is missing: `python3 -m course new exercise some.one` begins it"
    ):
        source_of(folder, "some.one", "starter")
    with pytest.raises(ContentError, match="has no `# %% right other_way`: write that program"):
        source_of(written(folder, FILE), "some.one", "right_other_way")


def test_every_program_is_found_again_by_tracebacks_and_by_inspect() -> None:
    """Two of one file have the same lines: each shows its own."""
    for program in bank.programs(lesson("rehearsal"), "demo.welcome"):
        build = program.run()["build_register"]
        linecache.checkcache()
        source = inspect.getsource(build)
        assert source in program.source
        assert source.startswith("def build_register(")
        assert "".join(linecache.getlines(build.__code__.co_filename)) == program.source


def test_a_traceback_shows_the_line_of_the_program(folder: Path) -> None:
    text = program_texts(written(folder, FILE), "some.one")["wrong_two"]
    names: dict[str, object] = {}
    exec(text.code(), names)
    with pytest.raises(ValueError, match="2") as error:
        names["one"]()  # type: ignore[operator]
    frame = traceback.extract_tb(error.value.__traceback__)[-1]
    assert (frame.lineno, frame.line) == (2, "raise ValueError(2)")
    assert frame.filename == f"{path_of(folder, 'some.one')}[wrong_two]"
