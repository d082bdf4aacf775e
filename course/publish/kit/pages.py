"""The pages of the kit: the answer key, the handout, and the index that links everything."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

from course.notebook import tags
from course.practice.texts import ExerciseText, LessonText, Question, inline, to_html
from course.publish._solved import reference
from course.publish.kit._diagrams import drawings, with_drawings
from course.publish.kit._ideas import Headings, Idea, every_miss, ideas_of_exercise, ideas_of_question
from course.publish.kit._lessons import Lesson, pictures
from course.publish.kit._page import coloured, page
from course.publish.kit._says import say
from course.publish.kit.slides import key_points, without_links

_FLAT = 0.45


def answer_key(lessons: Sequence[Lesson], texts: Mapping[str, LessonText], headings: Headings) -> str:
    """Every exercise with our answer, its hints and what each message of its check means; every question."""
    contents = "".join(
        f'<li><a href="#{lesson.info.lesson}">{escape(lesson.title)}</a></li>' for lesson in lessons
    )
    parts = [f'<ul class="screen">{contents}</ul>']
    for lesson in lessons:
        text = texts[lesson.info.lesson]
        parts.append(f'<h2 id="{lesson.info.lesson}">{escape(lesson.title)}</h2>')
        parts += [
            _exercise(name, exercise, reference(lesson.nb, name), headings)
            for name, exercise in text.exercises.items()
        ]
        parts += [_question(name, question, headings) for name, question in text.questions.items()]
    always = [Idea(says, "", "") for says in every_miss().values()]
    parts.append(f"<h2>{say('key.always')}</h2><p>{say('key.always-why')}</p>{_table(always, ['seen'])}")
    return page(say("key.title"), say("key.about") + "".join(parts))


def _exercise(name: str, exercise: ExerciseText, answer: str, headings: Headings) -> str:
    hints = "".join(f"<li>{inline(hint)}</li>" for hint in exercise.hints)
    return (
        f"<h3>{inline(exercise.title)} <code>{name}</code></h3>{coloured(answer)}"
        f"<h4>{say('key.hints')}</h4><ol>{hints}</ol>"
        f"<h4>{say('key.misses')}</h4>{_table(ideas_of_exercise(exercise, headings))}"
    )


def _question(name: str, question: Question, headings: Headings) -> str:
    right = "".join(
        f'<li><span class="right">{letter}) {inline(option.text)}</span> {inline(option.why)}</li>'
        for letter, option in question.options.items()
        if option.right
    )
    return (
        f'<section class="question"><h3>{say(f"key.{question.kind}")} <code>{name}</code></h3>'
        f"{to_html(question.ask)}<ul>{right}</ul></section>{_table(ideas_of_question(question, headings))}"
    )


def _table(ideas: Sequence[Idea], columns: Sequence[str] = ("seen", "belief", "cure")) -> str:
    if not ideas:
        return ""
    heads = "".join(f'<th scope="col">{say(f"editions.column-{column}")}</th>' for column in columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{to_html(getattr(idea, column))}</td>" for column in columns) + "</tr>"
        for idea in ideas
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def handout(lessons: Sequence[Lesson]) -> str:
    """One A4 page for each lesson: objectives, key points, pictures, and lines to write on."""
    return page(say("handout.title"), "".join(map(_sheet, lessons)), heading=False, kind="handout")


def _sheet(lesson: Lesson) -> str:
    goals = "".join(f"<li>{inline(goal)}</li>" for goal in lesson.info.objectives)
    recap = without_links(key_points(_recap(lesson)))
    drawn = [
        f"<figure>{shown}<figcaption>{inline(heading)}</figcaption></figure>"
        for heading, shown in _to_look_at(lesson)
    ]
    return (
        f'<section class="sheet" id="{lesson.info.lesson}"><h1>{escape(lesson.title)}</h1>'
        f'<p class="lead">{say("handout.goals")}</p>'
        f"<ul>{goals}</ul>{''.join(drawn)}<h3>{say('handout.points')}</h3>{with_drawings(recap)}"
        f'<div class="lines" aria-label="{say("handout.space")}"></div></section>'
    )


def _recap(lesson: Lesson) -> str:
    """The last part on a slide, which gathers the key points, without its heading."""
    cells = [cell for cell in lesson.nb.cells if cell.cell_type == "markdown" and "slide" in tags(cell)]
    return re.sub(r"^#.*\n+", "", cells[-1].source)


def _to_look_at(lesson: Lesson) -> list[tuple[str, str]]:
    """What leaves room for words: the first picture or graph and the last table on a slide, with headings.

    Two pictures where there is no table.
    """
    drawn: dict[str, str] = {}
    tables: list[tuple[str, str]] = []
    for cell in lesson.nb.cells:
        heading = lesson.headings[cell.id]
        flat = [picture for picture in pictures(cell) if _height(picture) < _FLAT]
        for shown in (*flat, *(graph for graph in drawings(cell) if _height(graph) < 1)):
            drawn.setdefault(heading, shown)
        table = re.search(r"(?m)(^\|.*\n?)+", cell.source) if cell.cell_type == "markdown" else None
        if table and "slide" in tags(cell):
            tables = [(heading, with_drawings(without_links(table[0])))]
    return [*list(drawn.items())[: 1 if tables else 2], *tables]


def _height(picture: str) -> float:
    """How high a picture is, by its width."""
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture)
    return float(size[2]) / float(size[1]) if size else 9.9


def index(lessons: Sequence[Lesson], *, agenda: bool) -> str:
    """The page that links all others; ``agenda`` when one was planned into the same folder."""
    columns = ("lesson", "slides", "handout", "student", "instructor", "key")
    heads = "".join(f'<th scope="col">{say(f"index.{column}")}</th>' for column in columns)
    planned = f"<p>{say('index.agenda')}</p>" if agenda else f"<p>{say('index.no-agenda')}</p>"
    return page(
        say("index.title"),
        f"<p>{say('index.about')}</p>{planned}"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(map(_row, lessons))}</tbody></table>"
        f'<p class="honest">{say("index.honest")}</p><p class="soft">{say("index.keys")}</p>',
    )


def _row(lesson: Lesson) -> str:
    stem, name = lesson.stem, lesson.info.lesson
    both = [
        f'<a href="{edition}/{stem}.html">{say("index.read")}</a> · '
        f'<a href="{edition}/{stem}.ipynb" download>{say("index.notebook")}</a>'
        for edition in ("student", "instructor")
    ]
    cells = [
        escape(lesson.title),
        f'<a href="slides/{stem}.html">{say("index.slides")}</a>',
        f'<a href="handout.html#{name}">{say("index.handout")}</a>',
        *both,
        f'<a href="answers.html#{name}">{say("index.key")}</a>',
    ]
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
