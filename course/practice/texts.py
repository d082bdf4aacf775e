"""What is said by an id: catalogues in YAML, where to find them, and their texts in the learner's language.

What any check can say lies beside this file. A lesson is a package in ``course.lessons`` with a catalogue
of its own, which is validated; the engine knows no lesson by name.
"""

import difflib
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from course.paths import NOTEBOOKS
from course.words import ENGINE, ENGLISH, language, say, translated

# ---- catalogues ------------------------------------------------------------------------------------------

_FOLDER = Path(__file__).parent


def catalogue_path(folder: Path) -> Path:
    """The catalogue of ``folder``."""
    return folder / "en.yaml"


def engine_misses() -> dict[str, str]:
    """The templates of what a check can say whatever the exercise is, by the id of the miss: ``engine.…``."""
    return {f"engine.{name}": translated(text, ENGINE) for name, text in engine_texts().items()}


@cache
def engine_texts() -> dict[str, str]:
    """The same in English, by the id without ``engine.``."""
    content: dict[str, str] = yaml.safe_load(catalogue_path(_FOLDER).read_text("utf-8"))
    return {name: text.strip() for name, text in content.items()}


def with_texts(content: Any, change: Callable[[str, str], str], *place: str) -> Any:
    """A copy of a lesson's catalogue, as it was read, in which each text that a learner reads is
    ``change(place, text)``. Its place are the keys that lead to it, as in ``exercises.start.ping.title``.
    """
    if isinstance(content, dict):
        return {key: with_texts(value, change, *place, str(key)) for key, value in content.items()}
    if isinstance(content, list):
        return [with_texts(each, change, *place, str(number)) for number, each in enumerate(content, 1)]
    if isinstance(content, str) and len(place) in _DEPTHS and place[_DEPTHS[len(place)]] in _SAID:
        return change(".".join(place), content.strip())
    return content


_DEPTHS = {3: 2, 4: 2, 5: 4}
_SAID = {"belief", "title", "promises", "seen", "passed", "hints", "says", "ask", "text", "why"}
"""The keys of texts, and the lengths of their places: exercises.<id>.title, exercises.<id>.hints.<number>,
questions.<id>.options.<key>.why.
"""


def fields_of(template: str) -> set[str]:
    """The names of the fields in ``template``.

    Raises:
        ValueError: the template is malformed, or a field has no name.
    """
    names = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    for name in names:
        if not name.isidentifier():
            raise ValueError(f"{{{name}}} is not a plain field name")
    return names


# ---- the content of lessons ---------------------------------------------------------------------------

ID = r"^[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*$"
NAME = r"^[a-z0-9]+(-[a-z0-9]+)*$"
HINTS = 3

Id = Annotated[str, StringConstraints(pattern=ID)]
Name = Annotated[str, StringConstraints(pattern=NAME)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Letter = Annotated[str, StringConstraints(pattern="^[a-h]$")]


class ContentError(Exception):
    """A lesson's content does not keep to the format. The message names file, key and remedy."""


class UnknownId(LookupError):
    """No exercise, question or lesson has this id."""

    def __str__(self) -> str:
        return str(self.args[0])


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


_Found = TypeVar("_Found", bound=_Part)


class Misconception(_Part):
    """A wrong idea that learners have: what they believe, and the notebook cell that cures it."""

    belief: Text
    cure: Name


class Miss(_Part):
    """One thing that a check can say: a template, and the misconception behind it if there is one.

    ``cure`` is a cell of the exercise's own notebook, if that of the misconception stands behind it.
    ``promise`` is the promise of the task that it is about, where the check lists them all.
    """

    says: Text
    promise: Name | None = None
    misconception: Id | None = None
    cure: Name | None = None

    @field_validator("says")
    @classmethod
    def _is_template(cls, says: str) -> str:
        return _template(says)


class ExerciseText(_Part):
    """The words of one exercise; its promises are what the task asks for, one by one.

    ``seen`` says for promises what the check has seen when they are kept, where it lists them all.
    """

    title: Text
    promises: dict[Name, Text] = {}
    seen: dict[Name, Text] = {}
    misses: dict[Name, Miss]
    passed: Text
    hints: list[Text]

    @field_validator("passed")
    @classmethod
    def _is_template(cls, passed: str) -> str:
        return _template(passed)

    @field_validator("hints")
    @classmethod
    def _are_three(cls, hints: list[str]) -> list[str]:
        if len(hints) != HINTS:
            raise ValueError(
                f"has {len(hints)} hints: write exactly {HINTS}, from a push to nearly the answer"
            )
        return hints

    @model_validator(mode="after")
    def _names_promises(self) -> Self:
        named = {miss.promise for miss in self.misses.values() if miss.promise} | set(self.seen)
        if unknown := sorted(named - set(self.promises)):
            raise ValueError(f"there is no promise {unknown[0]!r} under `promises:`: correct the name")
        return self


class Option(_Part):
    """One answer to choose, why it is right or wrong, and the misconception of a learner who chooses it."""

    text: Text
    why: Text
    right: bool = False
    misconception: Id | None = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.right and self.misconception:
            raise ValueError("is right and has a misconception: remove one of the two")
        if re.search(r"\b(all|none) of (the|these)\b", self.text, re.IGNORECASE):
            raise ValueError("must stand for itself: write what it claims instead of “all/none of the above”")
        return self


LETTERS = "abcdefgh"


class Question(_Part):
    """A quiz question, or a prediction to commit to before the next cell shows the truth.

    An option has its key for ever: journals hold it. Its letter is its place in the list, and what learners
    see and type.
    """

    ask: Text
    kind: Literal["quiz", "prediction"] = "quiz"
    several: bool = False
    options: dict[Letter, Option]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if len(self.options) < 2 or sorted(self.options) != list(LETTERS[: len(self.options)]):
            raise ValueError("needs two options or more; their keys are a, b, c …, in any order")
        if not self.right:
            raise ValueError("has no right option: give one of them `right: true`")
        if len(self.right) > 1 and not self.several:
            raise ValueError("has more than one right option: set `several: true`, or keep one")
        for key, option in self.options.items():
            if self.kind == "quiz" and not option.right and option.misconception is None:
                raise ValueError(f"option {key} is wrong and names no misconception: add `misconception:`")
        return self

    @property
    def right(self) -> frozenset[str]:
        """The keys of the options that make the right answer."""
        return frozenset(key for key, option in self.options.items() if option.right)

    @property
    def letters(self) -> dict[str, str]:
        """The letter of each option, by its key, in the order in which they are shown."""
        return dict(zip(self.options, LETTERS, strict=False))

    @property
    def lettered(self) -> list[tuple[str, Option]]:
        """The options as they are shown, each with its letter."""
        return list(zip(LETTERS, self.options.values(), strict=False))


class LessonText(_Part):
    """A lesson's catalogue."""

    misconceptions: dict[Id, Misconception] = {}
    exercises: dict[Id, ExerciseText] = {}
    questions: dict[Id, Question] = {}

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if twice := sorted(set(self.exercises) & set(self.questions)):
            raise ValueError(f"{twice[0]!r} is an exercise and a question: rename one")
        return self

    def referenced(self) -> set[str]:
        """The misconceptions that exercises and questions point at."""
        of_misses = {miss.misconception for text in self.exercises.values() for miss in text.misses.values()}
        of_options = {
            option.misconception for text in self.questions.values() for option in text.options.values()
        }
        return {id for id in of_misses | of_options if id}


class Lesson(BaseModel):
    """One lesson's package: its name, its folder and its words."""

    model_config = ConfigDict(frozen=True)

    name: str
    folder: Path
    text: LessonText

    @property
    def package(self) -> str:
        """The package's full name."""
        return f"course.lessons.{self.name}"


def lessons() -> list[Lesson]:
    """Every lesson with content, in the order of the notebooks.

    Raises:
        ContentError: a catalogue does not keep to the format.
    """
    return [_lesson(name, folder) for name, folder in _folders()]


def lesson_names() -> list[str]:
    """The names of the lessons with content, in the order of the notebooks. Does not validate the content."""
    return [name for name, _ in _folders()]


def lesson_folder(name: str) -> Path:
    """The folder of the lesson called ``name``. Does not validate its content.

    Raises:
        UnknownId: there is no such lesson.
    """
    folders = dict(_folders())
    if name not in folders:
        raise _unknown("lesson", name, folders)
    return folders[name]


def lesson(name: str) -> Lesson:
    """The lesson called ``name``.

    Raises:
        UnknownId: there is no such lesson.
    """
    return _lesson(name, lesson_folder(name))


def exercise_text(id: str) -> tuple[Lesson, ExerciseText]:
    """The exercise called ``id`` and its lesson.

    Raises:
        UnknownId: there is no such exercise.
    """
    return _find("exercise", id, lambda text: text.exercises)


def question_text(id: str) -> tuple[Lesson, Question]:
    """The question called ``id`` and its lesson.

    Raises:
        UnknownId: there is no such question.
    """
    return _find("question", id, lambda text: text.questions)


def _find(kind: str, id: str, parts: Callable[[LessonText], Mapping[str, _Found]]) -> tuple[Lesson, _Found]:
    for found in _likely_first(id):
        if id in parts(found.text):
            return found, parts(found.text)[id]
    raise _unknown(kind, id, [known for each in lessons() for known in parts(each.text)])


def misconception_text(id: str) -> tuple[Lesson, Misconception] | None:
    """The misconception called ``id`` and its lesson, if there is one."""
    for found in _likely_first(id):
        if id in found.text.misconceptions:
            return found, found.text.misconceptions[id]
    return None


def load(path: Path) -> LessonText:
    """The catalogue in ``path``.

    Raises:
        ContentError: it does not keep to the format; one line per fault with its key and the remedy.
    """
    where = Path(*path.parts[-4:]).as_posix() if "lessons" in path.parts[-4:] else path.name
    try:
        raw = read_texts(path)
        if language() != ENGLISH:
            raw = with_texts(raw, lambda _, text: translated(text, path.parent.name))
        return LessonText.model_validate(raw)
    except yaml.YAMLError as error:
        raise ContentError(f"{where}: is not valid YAML: {error}") from None
    except ValidationError as error:
        lines = [f"{where}: {_fault(fault)}" for fault in error.errors()]
        raise ContentError("\n".join(lines)) from None


def read_texts(path: Path) -> Any:
    """What is in the catalogue ``path``, in English and not validated.

    Raises:
        yaml.YAMLError: it is not YAML.
    """
    return yaml.load(path.read_text("utf-8"), Loader=_Loader) or {}


def notebooks_folder() -> Path:
    """The folder of the lessons' notebooks."""
    return NOTEBOOKS


_BOOL = "tag:yaml.org,2002:bool"


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe loader without two traps: a key that comes twice is a fault, ``off`` and ``no`` are text."""

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOL]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} comes twice: rename or remove one", key_node.start_mark
                )
            seen.add(key)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


_Loader.add_implicit_resolver(_BOOL, re.compile("^(?:true|false)$"), ["t", "f"])


def _folders() -> list[tuple[str, Path]]:
    """Name and folder of every lesson that has a catalogue, in the order of the notebooks."""
    package = importlib.import_module("course.lessons")
    found = [
        (module.name, Path(root) / module.name)
        for root in package.__path__
        for module in pkgutil.iter_modules([root])
        if module.ispkg and catalogue_path(Path(root) / module.name).is_file()
    ]
    return sorted(found, key=lambda item: (_number(item[0]), item[0]))


def _number(name: str) -> int:
    """The number of a lesson's notebook; lessons without a notebook come last."""
    return notebook_number(name) if notebook_of(name) else 99


def notebook_of(name: str) -> Path | None:
    """The notebook of the lesson ``name``, if it is there."""
    return next(iter(sorted(notebooks_folder().glob(f"[0-9][0-9]_{name}.ipynb"))), None)


def notebook_number(name: str) -> int:
    """The number in the file name of that lesson's notebook."""
    notebook = notebook_of(name)
    return int(notebook.name[:2]) if notebook else 99


def _likely_first(id: str) -> Iterable[Lesson]:
    """Every lesson, one by one, first the one whose folder begins with the first word of ``id``."""
    short = id.partition(".")[0]
    folders = sorted(_folders(), key=lambda item: item[0].partition("_")[0] != short)
    return (_lesson(name, folder) for name, folder in folders)


def _lesson(name: str, folder: Path) -> Lesson:
    path = catalogue_path(folder)
    return Lesson(name=name, folder=folder, text=_load_cached(path, path.stat().st_mtime_ns, language()))


@lru_cache(maxsize=64)
def _load_cached(path: Path, _modified: int, _language: str) -> LessonText:
    return load(path)


def _template(text: str) -> str:
    try:
        fields_of(text)
    except ValueError as error:
        raise ValueError(f"is not a template: {error}; double braces that are meant: {{{{ }}}}") from None
    return text


def _unknown(kind: str, id: str, known: Iterable[str]) -> UnknownId:
    names = sorted(known)
    near = difflib.get_close_matches(id, names, n=3)
    said = {
        "exercise": say("There is no exercise {id!r}.", id=id),
        "question": say("There is no question {id!r}.", id=id),
        "lesson": say("There is no lesson {id!r}.", id=id),
    }
    if near:
        remedy = say("Did you mean {names}?", names=", ".join(near))
    else:
        remedy = say("There are: {names}.", names=", ".join(names))
    return UnknownId(f"{said[kind]} {remedy}")


_REMEDIES = {
    "extra_forbidden": "is not a key of this format: check its spelling and its indentation, or remove it",
    "missing": "is missing: add it",
    "string_type": "must be text: put it in quotes",
    "string_too_short": "is empty: write it, or remove the key",
    "bool_type": "must be true or false",
    "dict_type": "must hold keys with values (is something missing below it?)",
    "model_type": "must hold keys with values (is something missing below it?)",
    "list_type": "must be a list: one line per item, each starting with “- ”",
}
_SHAPES = {
    ID: "is not an id: write `lesson.some-name`, small letters, digits and hyphens",
    NAME: "is not a name: small letters, digits and hyphens",
    "^[a-h]$": "is not a letter from a to h",
}


def _fault(fault: ErrorDetails) -> str:
    """One fault of a catalogue as ``key.path: what is wrong: what to do``."""
    key = ".".join(str(part) for part in fault["loc"] if part != "[key]")
    if fault["type"] == "string_pattern_mismatch":
        message = _SHAPES[fault["ctx"]["pattern"]]
    elif fault["type"] == "value_error":
        message = str(fault["ctx"]["error"])
    else:
        message = _REMEDIES.get(fault["type"], fault["msg"])
    return f"{key}: {message}" if key else message
