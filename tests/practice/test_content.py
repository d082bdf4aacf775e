"""How a catalogue may be written, and what an author reads when it is not."""

from pathlib import Path

import pytest

import course.lessons
from course.practice import ContentError, UnknownId, check, lesson, lessons, quiz
from course.practice.texts import engine_misses, exercise_text, fields_of, load
from tests.pseudo import write_catalogue

CATALOGUE = """
misconceptions:
  some.thing: {belief: "It is so.", cure: cell}
exercises:
  some.exercise:
    title: "Some"
    misses:
      false-alarm: {says: "No.", misconception: some.thing}
      no: {says: "No."}
      off: {says: "No."}
    passed: "Yes."
    hints: ["a", "b", "c"]
questions:
  some.question:
    ask: "Is it so?"
    options:
      a: {text: "Yes", why: "Because.", right: true}
      b: {text: "No", why: "It is so.", misconception: some.thing}
"""


def loaded(folder: Path, text: str) -> object:
    path = folder / "course" / "lessons" / "some_lesson" / "en.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_names_that_look_like_truth_values_are_names(tmp_path: Path) -> None:
    path = tmp_path / "en.yaml"
    path.write_text(CATALOGUE, encoding="utf-8")
    assert list(load(path).exercises["some.exercise"].misses) == ["false-alarm", "no", "off"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("title:", "titel:", "exercises.some.exercise.titel: is not a key of this format"),
        ("title:", "titel:", "exercises.some.exercise.title: is missing: add it"),
        ('passed: "Yes."', "passed: 202", "exercises.some.exercise.passed: must be text: put it in quotes"),
        ('passed: "Yes."', 'passed: ""', "exercises.some.exercise.passed: is empty"),
        ('["a", "b", "c"]', '["a", "b"]', "exercises.some.exercise.hints: has 2 hints"),
        ('["a", "b", "c"]', '"a"', "exercises.some.exercise.hints: must be a list"),
        ("some.exercise:", "someexercise:", "exercises.someexercise: is not an id"),
        ("false-alarm:", "False_Alarm:", "misses.False_Alarm: is not a name"),
        ('{says: "No."}', '{says: "No {0}."}', "misses.no.says: is not a template: {0} is not a plain field"),
        ('{says: "No."}', '{says: "No {"}', "misses.no.says: is not a template"),
        ("right: true", "misconception: some.thing", "questions.some.question: has no right option"),
        ("right: true", "right: yes", "questions.some.question.options.a.right: must be true or false"),
        ("misconception: some.thing}\n      no", "}\n      no", None),
        (
            'It is so.", misconception: some.thing',
            'It is so."',
            "option b is wrong and names no",
        ),
        ('It is so.", misconception: some.thing', 'Hm.", right: true', "has more than one right option"),
        ("right: true", "right: true, misconception: some.thing", "is right and has a misconception"),
        ("b: {text", "c: {text", "needs two options or more; their keys are a, b, c"),
        ("b: {text", "x: {text", "options.x: is not a letter from a to h"),
        ('"No", why', '"None of the above", why', "must stand for itself"),
        ("some.question:", "some.exercise:", "'some.exercise' is an exercise and a question: rename one"),
        ("      off:", "      no:", "is not valid YAML: the key 'no' comes twice"),
        ("questions:", "questions: [", "is not valid YAML"),
    ],
)
def test_a_fault_is_told_with_its_place_and_its_remedy(
    tmp_path: Path, old: str, new: str, fault: str | None
) -> None:
    assert old in CATALOGUE
    if fault is None:
        loaded(tmp_path, CATALOGUE.replace(old, new, 1))
        return
    with pytest.raises(ContentError) as error:
        loaded(tmp_path, CATALOGUE.replace(old, new, 1))
    assert str(error.value).startswith("course/lessons/some_lesson/en.yaml: ")
    assert fault in str(error.value)


def test_lessons_are_found_and_numbered_by_their_notebooks() -> None:
    assert [each.name for each in lessons()] == ["rehearsal"]
    assert lesson("rehearsal").package == "course.lessons.rehearsal"


def test_unknown_ids_come_with_the_nearest_ones() -> None:
    with pytest.raises(UnknownId, match=r"no exercise 'demo.welcom'. Did you mean demo.welcome\?"):
        check("demo.welcom")
    with pytest.raises(UnknownId, match=r"no question 'x'. There are: demo.order, demo.where, demo.which."):
        quiz("x")
    with pytest.raises(UnknownId, match="no lesson 'sync'"):
        lesson("sync")


def test_texts_are_those_of_the_catalogue_and_english_where_it_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    english = exercise_text("demo.welcome")[1]
    write_catalogue(tmp_path, "zh_CN", "rehearsal", {english.title: "欢迎"})
    monkeypatch.setenv("COURSE_LOCALES", str(tmp_path))
    monkeypatch.setenv("COURSE_LANGUAGE", "zh_CN")
    text = exercise_text("demo.welcome")[1]
    assert text.title == "欢迎"
    assert text.hints == english.hints
    monkeypatch.setenv("COURSE_LANGUAGE", "en")
    assert exercise_text("demo.welcome")[1] == english


def test_the_engines_own_misses_are_templates() -> None:
    for name, text in engine_misses().items():
        assert name.startswith("engine.")
        fields_of(text)


def test_an_id_is_looked_up_in_its_own_lesson_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So a look-up reads one catalogue, and a fault in another lesson stops no learner."""
    for name in ("first_steps", "some_lesson"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    (tmp_path / "first_steps" / "en.yaml").write_text("exercises: [", encoding="utf-8")
    (tmp_path / "some_lesson" / "en.yaml").write_text(CATALOGUE, encoding="utf-8")
    monkeypatch.setattr(course.lessons, "__path__", [str(tmp_path)])
    assert exercise_text("some.exercise")[0].name == "some_lesson"
    with pytest.raises(ContentError, match="is not valid YAML"):
        exercise_text("some.other")
