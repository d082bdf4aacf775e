"""What learners read is said in one way: whole sentences with named fields, which gettext can translate."""

from __future__ import annotations

import ast
import functools
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract, extract_from_file
from babel.messages.pofile import read_po

from course import words
from course.cli import _editions, _failures
from course.cli._editions import Change
from course.paths import ROOT
from course.practice.texts import engine_misses, load
from course.publish.translation import templates as templates_of_catalogues
from course.seat import Check, Report
from course.seat._checks import CHECKS
from tests.pseudo import write_catalogue

COURSE = ROOT / "course"
READ_BY_LEARNERS = [
    *(
        COURSE / "cli" / f"{name}.py"
        for name in ("__init__", "_commands", "doctor", "start", "update", "verify")
    ),
    *(
        COURSE / "cli" / f"_{name}.py"
        for name in ("child", "failures", "install", "lab", "setup", "editions", "wheelhouse", "workspace")
    ),
    *(COURSE / "live" / f"{name}.py" for name in ("gate", "inbox", "process", "server", "source", "testing")),
    *(COURSE / "classroom" / f"{name}.py" for name in ("desk", "learner", "outbox")),
    COURSE / "notebook.py",
    COURSE / "seat" / "_checks.py",
]
"""Modules that speak to learners only: whatever they show is a sentence that can be translated."""

FOR_AUTHORS = ("exercise_file.py", "texts.py")
WITHOUT_BARE_PROSE = [
    *sorted((COURSE / "timeline").glob("*.py")),
    *(path for path in sorted((COURSE / "practice").glob("*.py")) if path.name not in FOR_AUTHORS),
    *(
        COURSE / "lessons" / "sync_and_async" / f"{name}.py"
        for name in ("burst", "experiment", "explorer", "kinds")
    ),
]
"""Modules that make what learners read: no three words of theirs in a row are outside of a sentence."""
ERRORS_OF_AUTHORS = ("AttributeError", "ContentError", "LookupError", "PicklingError", "TypeError")

LESSONS = sorted((COURSE / "lessons").glob("*/*.py"))
SAY = ("say", "CannotGoOn")
SHOWN_BY = ("print", "tell", "_verdict")
TEMPLATES = sorted(
    [*COURSE.rglob("*.html.j2"), *COURSE.rglob("*.md.j2"), *(COURSE / "publish/site/layout").glob("*.html")]
)


@functools.cache
def modules() -> list[Path]:
    """The modules that say sentences."""
    return [
        path
        for path in sorted(COURSE.rglob("*.py"))
        if "exercises" not in path.parts
        and re.search(r"from course\.words import .*\bsay\b|\bCannotGoOn\(", path.read_text("utf-8"))
    ]


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def says(node: ast.AST) -> bool:
    handed_on = "say(sentence, **fields)"  # by CannotGoOn, to which the same rules apply
    return isinstance(node, ast.Call) and name_of(node) in SAY and ast.unparse(node) != handed_on


def faults(source: str, *, only_learners: bool = False) -> Iterator[str]:
    """What keeps the sentences of a module from being translated."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and says(node):
            yield from (f"line {node.lineno}: {fault}" for fault in _faults_of(node))
        if isinstance(node, ast.JoinedStr) and any(map(says, ast.walk(node))):
            yield f"line {node.lineno}: Babel does not look into an f-string: say the sentence before it"
        if isinstance(node, ast.BinOp | ast.JoinedStr) and any(map(says, _parts(node))):
            glue = [each.value for each in _parts(node) if isinstance(each, ast.Constant)]
            if any(re.search(r"[^\W\d_]", str(text)) for text in glue):
                yield f"line {node.lineno}: a sentence is put together from pieces"
        if only_learners and isinstance(node, ast.Call) and name_of(node) in SHOWN_BY:
            for text in filter(None, map(_bare, node.args[2 if name_of(node) == "_verdict" else 0 :])):
                yield f"line {node.lineno}: a learner reads {text!r}, which nobody can translate"


def bare_prose(source: str) -> Iterator[str]:
    """Three words in a row that are neither said, nor a docstring, a pattern or an author's error."""
    tree = ast.parse(source)
    apart: set[ast.AST] = set()
    for node in ast.walk(tree):
        if says(node) or (isinstance(node, ast.Call) and name_of(node) in ("compile", *ERRORS_OF_AUTHORS)):
            apart.update(ast.walk(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            apart.add(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in apart:
            text = re.sub(r"<[^<>]*>", "\n", node.value)
            if len(text) < 200 and re.search(r"[^\W\d_]+,? [a-z]+,? [a-z]+", text):
                yield f"line {node.lineno}: nobody can translate {node.value!r}"


def _parts(node: ast.BinOp | ast.JoinedStr) -> list[ast.expr]:
    if isinstance(node, ast.JoinedStr):
        return [each.value if isinstance(each, ast.FormattedValue) else each for each in node.values]
    return [node.left, node.right]


def _faults_of(call: ast.Call) -> Iterator[str]:
    if len(call.args) != 1 or not isinstance(call.args[0], ast.Constant):
        yield f"{name_of(call)}() needs a sentence, as it is, and its fields by their names"
        return
    text = str(call.args[0].value)
    fields = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    if not all(name.isidentifier() for name in fields):
        yield f"a field of {text!r} has no plain name"
    given = {keyword.arg for keyword in call.keywords}
    if name_of(call) == "CannotGoOn":
        given -= {"status"}  # the exit status
    if fields != given:
        yield f"{text!r} has the fields {sorted(fields)}, and is given {sorted(map(str, given))}"
    if text != text.strip() or not text:
        yield f"{text!r} is made to be put together with something"


def _bare(node: ast.AST) -> str:
    """The words in an expression that are in no sentence."""
    if says(node):
        return ""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) and re.search(r"[^\W\d_]{2}", node.value) else ""
    if isinstance(node, ast.JoinedStr | ast.FormattedValue | ast.BinOp | ast.IfExp | ast.BoolOp):
        return " ".join(filter(None, map(_bare, ast.iter_child_nodes(node))))
    return ""


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(COURSE).as_posix())
def test_every_sentence_can_be_translated(path: Path) -> None:
    assert list(faults(path.read_text("utf-8"), only_learners=path in READ_BY_LEARNERS)) == []


@pytest.mark.parametrize("path", WITHOUT_BARE_PROSE, ids=lambda path: path.relative_to(COURSE).as_posix())
def test_whatever_a_module_shows_to_learners_is_a_sentence(path: Path) -> None:
    assert list(bare_prose(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('TEXT = {"late": "It came too late."}', True),
        ('raise BadAnswer(f"{letter} is not an option.")', True),
        ('head = "<p>Look at this</p>"', True),
        ('say("It came too late.")', False),
        ('def f():\n    """It came too late."""', False),
        ('raise ContentError("It came too late.")', False),
        ('kind = "event loop"', False),
    ],
)
def test_prose_that_is_in_no_sentence_is_found(source: str, found: bool) -> None:
    assert bool(list(bare_prose(source))) == found


WHAT_A_VALUE_IS = re.compile(r"an? (empty )?(coroutine|list|object)\b|the (class|function) $")
"""How a message begins to say what it was given, in English."""


def unsaid_values(source: str) -> Iterator[str]:
    """What a value is, for a message, outside of a sentence."""
    tree = ast.parse(source)
    said = {part for node in ast.walk(tree) if says(node) for part in ast.walk(node)}
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in said]
    for node in constants:
        if isinstance(node.value, str) and len(node.value) < 60 and WHAT_A_VALUE_IS.match(node.value):
            yield f"line {node.lineno}: nobody can translate {node.value!r}"


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.relative_to(COURSE).as_posix())
def test_a_message_says_what_a_value_is_in_a_sentence(path: Path) -> None:
    assert list(unsaid_values(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('raise NotYet("odd", got=f"an object of type {kind}")', True),
        ('what = f"the class {name}" if named else shown(name)', True),
        ('return "a coroutine that was never awaited"', True),
        ('say("an object of type `{type}`", type=kind)', False),
    ],
)
def test_a_value_that_is_in_no_sentence_is_found(source: str, found: bool) -> None:
    assert bool(list(unsaid_values(source))) == found


def test_each_module_for_learners_is_looked_at() -> None:
    assert [path.name for path in READ_BY_LEARNERS if path not in modules()] == []


@pytest.mark.parametrize(
    "source",
    [
        'say(f"Hello {name}.")',
        "say(text)",
        'say("Hello {name}.")',
        'say("Hello.", name=name)',
        'say("Hello {}.", name)',
        'say("Hello {name}.", **fields)',
        'say("Hello {name[0]}.", name=name)',
        'say("and ")',
        'print("Hello " + say("world"))',
        "print(f\"Hello {say('world')}\")",
        "page = f\"<b>{escape(say('Hello.'))}</b>\"",
        'print("Hello.")',
        'print(f"Hello {name}.")',
        'tell("Hello." if friendly else "")',
        'raise CannotGoOn(f"{name} is missing.")',
    ],
)
def test_what_cannot_be_translated_is_found(source: str) -> None:
    assert list(faults(source, only_learners=True))


def untranslated(template: str) -> list[str]:
    """The words of a template that are in no sentence."""
    rest = re.sub(
        r"(?s)\{#.*?#\}|\{% block kind.*?endblock %\}|\{%.*?%\}|\{\{.*?\}\}|<style>.*?</style>|<[^<>]*>",
        "\n",
        template,
    )
    return [line.strip() for line in rest.splitlines() if re.search(r"[^\W\d_]{2}", line)]


IN_ENGLISH = ("agenda.html.j2", "fact.html.j2", "facts.md.j2")
"""The agenda, which the command prints as well, and what was measured about the libraries."""


def test_each_page_can_be_translated() -> None:
    """What learners read, and what instructors read while they teach. Programs are code."""
    templates = [path for path in TEMPLATES if path.parent.name != "course_slides"]
    found = {
        path: untranslated(re.sub(r"(?s)<code.*?</code>|```.*?```", "", path.read_text("utf-8")))
        for path in templates
    }
    assert {
        path.name for path, words in found.items() if not {*words} <= {"notebook", "](lessons/", ".ipynb) |"}
    } == {*IN_ENGLISH}


def test_each_failure_has_a_remedy_on_a_line_of_its_own() -> None:
    calls = [
        node
        for path in (COURSE / "cli").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and name_of(node) == "CannotGoOn"
    ]
    texts = [ast.literal_eval(call.args[0]) for call in calls]
    assert len(texts) > 15
    assert [text for text in texts if "\n" not in text and "This is Python" not in text] == []


# ---- catalogues by id --------------------------------------------------------------------------------


def templates() -> Iterator[tuple[str, str]]:
    """What checks, hints and questions say, with the place of each."""
    yield from engine_misses().items()
    for path in sorted((COURSE / "lessons").glob("*/en.yaml")):
        text = load(path)
        for id, exercise in text.exercises.items():
            yield from ((f"{id} {name}", miss.says) for name, miss in exercise.misses.items())
            yield f"{id} passed", exercise.passed
        for id, question in text.questions.items():
            yield from ((f"{id} {letter}", option.why) for letter, option in question.options.items())
        yield from ((id, idea.belief) for id, idea in text.misconceptions.items())


def is_whole(text: str) -> bool:
    """Whether it ends as a sentence does, and begins with none of what joins it to another one."""
    return not re.match(r"(and|or|but|,|;)\W", text) and text.endswith((*".?!:`)”…}", "```"))


def test_what_is_said_by_an_id_is_whole_sentences() -> None:
    found = dict(templates())
    assert len(found) > 500
    assert {place: text for place, text in found.items() if not is_whole(text.strip().rstrip('"'))} == {}


@pytest.mark.parametrize("text", ["and it came too late.", ", in `{name}`,", "was called too late"])
def test_a_piece_of_a_sentence_is_found(text: str) -> None:
    assert not is_whole(text)


# ---- with a catalogue --------------------------------------------------------------------------------


def extracted() -> set[str]:
    """Every sentence of the modules and templates, as Babel extracts it."""
    found: set[str] = set()
    for path in modules():
        sentences = [message[1] for message in extract_from_file("python", path, keywords=dict.fromkeys(SAY))]
        calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if says(node)]
        assert len(sentences) == len(calls), f"Babel finds {len(sentences)} of {len(calls)} in {path.name}"
        found.update(map(str, sentences))
    for path in TEMPLATES:
        with path.open("rb") as stream:
            keywords = dict.fromkeys(SAY)
            found.update(
                str(message[1]) for message in extract("jinja2.ext:babel_extract", stream, keywords=keywords)
            )
    return found


def test_every_sentence_is_in_a_catalogue() -> None:
    known = {str(message.id) for template in templates_of_catalogues().values() for message in template}
    assert extracted() - known == set()


@pytest.mark.parametrize("language", words.languages())
def test_a_sentence_has_one_translation_in_a_language(language: str) -> None:
    """``say`` takes the engine's translation, else that of any lesson: it does not know who calls it."""
    found: dict[str, set[str]] = {}
    for name, template in templates_of_catalogues().items():
        for message in template:
            if any(place.endswith((".py", ".j2")) for place, _ in message.locations):
                sentence = str(message.id)
                found.setdefault(sentence, set()).add(words.translated(sentence, name, language))
    assert {sentence: each for sentence, each in found.items() if len(each) > 1} == {}


@pytest.fixture
def translated(pseudo: str) -> str:
    """The course speaks a language in which every sentence stands in brackets."""
    return pseudo


@pytest.mark.usefixtures("translated")
def test_what_stands_between_two_parts_is_of_the_language() -> None:
    assert plain(words.listed(["a", "b", "c"])) == "⟦⟦a, b⟧, c⟧"
    assert plain(words.strung(iter(["A.", "B."]))) == "⟦A.; B.⟧"
    assert (words.listed(["a"]), words.strung([])) == ("a", "")


def test_pages_say_in_which_language_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name with an underscore is none to a browser, which then draws the characters as it likes."""
    monkeypatch.setenv("COURSE_LANGUAGE", "zh_CN")
    assert words.language_tag() == "zh-CN"
    tags = [each for path in TEMPLATES for each in re.findall(r'<html lang="(.*?)"', path.read_text("utf-8"))]
    assert {*tags} == {"{{ language_tag() }}", "{{ nb.metadata.lang }}"}


def test_english_needs_no_catalogue() -> None:
    assert words.say("{a} and {b}", a=1, b="{c}") == "1 and {c}"


def test_a_language_without_a_catalogue_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_LANGUAGE", "tlh")
    assert words.say("Hello.") == "Hello."


def plain(text: str) -> str:
    """Without the marks for the direction of reading."""
    return text.replace("\u200f", "")


@pytest.mark.usefixtures("translated")
def test_the_doctor_speaks_it() -> None:
    report = Report(tuple(Check(name, name == "disk", "x") for name in CHECKS))
    for line in plain(repr(report)).splitlines():
        assert re.fullmatch(r"\s*(⟦[^⟧]*⟧\s*)+", line), line
    assert plain(str(_failures.read_only(Path("/x"), "why"))).startswith("⟦/x ")


@pytest.mark.usefixtures("translated")
def test_the_page_of_update_speaks_it() -> None:
    changes = [Change("both", "1", "1", "2", "3"), Change("yours-added", "2", None, None, "4")]
    page = _editions.render({"05": changes})
    text = re.sub(r"(?s)<style>.*?</style>|<[^>]*>", "\n", page)
    assert [line for line in text.splitlines() if re.search(r"[a-z]{2}", line) and "⟦" not in line] == []
    assert '<html lang="en-XA">' in page


@pytest.mark.usefixtures("translated")
def test_fields_are_escaped_in_a_page_and_markup_of_the_sentence_is_not(tmp_path: Path) -> None:
    (tmp_path / "a.html.j2").write_text('{{ say("<b>{name}</b>", name=name) }}', encoding="utf-8")
    assert words.pages(tmp_path).get_template("a.html.j2").render(name="<i>") == "<b>&lt;i&gt;</b>"


# ---- which language ----------------------------------------------------------------------------------


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A machine on which nothing says a language yet, and a course with a catalogue for zh_CN."""
    for name in ("COURSE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("COURSE_WORKSPACE", str(tmp_path / "workspace"))
    write_catalogue(tmp_path / "locales", "zh_CN", "course", {"Hello.": "你好。"})
    monkeypatch.setenv("COURSE_LOCALES", str(tmp_path / "locales"))
    words._remembered.cache_clear()
    yield monkeypatch
    words._remembered.cache_clear()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("zh_CN.UTF-8", "zh_CN"),
        ("zh_TW", "zh_CN"),
        ("zh-Hans", "zh_CN"),
        ("de_DE.UTF-8", "en"),
        ("en_GB", "en"),
        ("C", "en"),
        ("", "en"),
    ],
)
def test_the_language_is_that_of_the_machine_if_there_is_a_catalogue(
    machine: pytest.MonkeyPatch, name: str, expected: str
) -> None:
    machine.setenv("LANG", name)
    assert words.language() == expected


def test_what_the_workspace_was_made_in_comes_before_the_language_of_the_machine(
    machine: pytest.MonkeyPatch,
) -> None:
    machine.setenv("LANG", "zh_CN")
    machine.setenv("COURSE_LANGUAGE", "")
    words.remember("en")
    assert words.language() == "en"
    machine.delenv("COURSE_LANGUAGE")
    assert words.language() == "en"
    machine.setenv("COURSE_LANGUAGE", "zh_CN")
    assert words.say("Hello.") == "你好。"


# ---- the reader of catalogues ------------------------------------------------------------------------

CATALOGUE = r"""# a comment
msgid ""
msgstr "Language: zh_CN\n"

#: a.py
msgid "Hello."
msgstr "你好。"

#: b.py:cell
#, fuzzy, python-brace-format
#| msgid "{n} tasks"
msgid "{n} task"
msgstr "{n} 个任务"

#, python-brace-format
msgid ""
"A \"quoted\" text\n"
"with a back\\slash"
msgstr "“引号”\n"
"反\\斜线"

msgid "Not yet."
msgstr ""

#~ msgid "Old."
#~ msgstr "旧。"
"""


def test_what_is_fuzzy_obsolete_or_missing_is_not_read() -> None:
    assert words._read(CATALOGUE) == {
        "Hello.": "你好。",
        'A "quoted" text\nwith a back\\slash': "“引号”\n反\\斜线",
    }


@pytest.mark.parametrize("path", sorted(words.locales().glob("*/*/*.po")), ids=lambda path: path.stem)
def test_catalogues_are_read_as_babel_reads_them(path: Path) -> None:
    with path.open("rb") as file:
        babels = {m.id: m.string for m in read_po(file) if m.id and m.string and not m.fuzzy}
    assert words._read(path.read_text("utf-8")) == babels


# ---- widths ------------------------------------------------------------------------------------------


def test_a_full_width_character_takes_two_columns_of_a_terminal() -> None:
    assert list(map(words.width, ["abc", "响应", "a\u0301", "\u200fab", "“…”", "，"])) == [3, 4, 1, 2, 3, 2]
    assert words.padded("响应", 6) + "|" == "响应  |"
    lines = words.table([["响应", "1"], ["abc", "2"]], ["课程", "number"]).splitlines()
    assert {words.width(line.rpartition(" ")[0]) for line in lines[1:]} == {5}
