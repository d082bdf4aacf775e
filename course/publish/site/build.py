"""Build the site into a folder: the lessons, the facts, the reference of `course.tasks`."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from markupsafe import Markup

from course.notebook import render as to_text
from course.paths import ROOT, write
from course.practice import lesson as texts_of
from course.publish.kit import editions
from course.publish.kit.lessons import TaughtLesson, pictures
from course.publish.site import _facts, _lesson, _reference
from course.publish.site._templates import render
from course.publish.site.address import Address
from course.words import ENGLISH, language, say

Edition = Literal["student", "instructor"]

DOCUMENTS = {
    "docs/run.md": "run",
    "docs/take_it_home.md": "take_it_home",
    "docs/transient.md": "transient",
    "docs/instructors.md": "instructors",
    "docs/board.md": "board",
    "CHANGELOG.md": "changes",
}
"""Files of the checkout that are pages of the site, and the names of their pages."""


def about() -> str:
    """What the course is, in a sentence or two."""
    return say(
        "A hands-on course on background work in FastAPI: Jupyter notebooks that run, measure and check "
        "every claim. Read it here; run it in a browser or on your machine."
    )


class SphinxFailed(RuntimeError):
    """The pages could not be built."""

    def __init__(self, said: str) -> None:
        super().__init__(f"The pages could not be built. What Sphinx said:\n{said}")


@dataclass(frozen=True)
class Built:
    """What was built, and the answers found in what learners are given (there should be none)."""

    folder: Path
    lessons: int
    leaks: tuple[str, ...]


def build(
    lessons: Sequence[TaughtLesson],
    out: Path,
    *,
    edition: Edition = "student",
    every: Sequence[TaughtLesson] = (),
    address: Address | None = None,
    measured: Mapping[str, Any] | None = None,
) -> Built:
    """Build the site of ``lessons`` into ``out``. Files there are replaced, none is removed.

    Args:
        lessons: the lessons to show, in order.
        out: the folder, which need not be there.
        edition: only the instructor's has our answers.
        every: all lessons of the course, if ``lessons`` are a part of them.
        address: where the course is hosted; without it, no link leads there.
        measured: what ``course facts --json`` has printed.

    Raises:
        SphinxFailed: a page has a fault. Nothing was written.
    """
    headings = {each.info.lesson: each.headings for each in (*every, *lessons)}
    site = _lesson.Site({each.path.name: each.info.lesson for each in lessons}, headings)
    with tempfile.TemporaryDirectory(prefix="course-site-") as temporary:
        source, made = Path(temporary, "source"), Path(temporary, "made")
        for name, text in _sources(lessons, edition, site, address, measured):
            write(source / name, text)
        write(source / "site.json", json.dumps(_settings(lessons, address)))
        _run_sphinx(source, made)
        _lighten(made)
        shutil.copytree(made, out, dirs_exist_ok=True)
    leaks = find_leaks(out, [each.info.lesson for each in lessons]) if edition == "student" else []
    return Built(out, len(lessons), tuple(leaks))


def _sources(
    lessons: Sequence[TaughtLesson],
    edition: Edition,
    site: _lesson.Site,
    address: Address | None,
    measured: Mapping[str, Any] | None,
) -> Iterator[tuple[str, str]]:
    """Each source's name and text."""
    for each in lessons:
        texts = texts_of(each.info.lesson).text
        nb = editions.student(each.nb)
        if edition == "instructor":
            nb = editions.instructor(each, texts, site.headings)
        top = render("run.html.j2", address=address, notebook=each.path.name)
        yield f"lessons/{each.info.lesson}.ipynb", to_text(_lesson.page(each, nb, texts, site, top))
    yield (
        "index.md",
        render(
            "index.md.j2",
            lessons=lessons,
            question=_question,
            address=address,
            edition=edition,
            picture=Markup(_lesson.raw(_first_picture(lessons))),
            about=about(),
            english=language() == ENGLISH,
        ),
    )
    yield "facts.md", _facts.page(site, measured)
    yield "reference.md", _reference.page()
    for path, page in DOCUMENTS.items():
        text = (ROOT / path).read_text(encoding="utf-8")
        yield f"{page}.md", _document(text, PurePosixPath(path).parent, site, address)


def _first_picture(lessons: Sequence[TaughtLesson]) -> str:
    """The README's picture; in another language than English that of lesson 01, whose words are in it."""
    for lesson in lessons if language() != ENGLISH else ():
        for cell in lesson.nb.cells:
            run = (lesson.info.lesson, cell.id) == ("after_the_response", "deferred-run")
            if run and (drawn := pictures(cell)):
                return drawn[0]
    return (ROOT / "docs" / "timeline.svg").read_text(encoding="utf-8")


def _document(markdown: str, folder: PurePosixPath, site: _lesson.Site, address: Address | None) -> str:
    """A file of the checkout as a page: its links lead to other pages, else to the repository."""

    def target(words: str, path: str, anchor: str) -> str:
        if not path or ":" in path:
            return f"[{words}]({path}{anchor})"
        full = _normal(folder / path)
        if full in DOCUMENTS:
            return f"[{words}]({DOCUMENTS[full]}.md{anchor})"
        if full.startswith("notebooks/") and (page := site.pages.get(PurePosixPath(full).name)):
            return f"[{words}](lessons/{page}.ipynb{anchor})"
        return f"[{words}]({address.view(full)}{anchor})" if address else words

    return _lesson.relink(markdown, target)


def _normal(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def _settings(lessons: Sequence[TaughtLesson], address: Address | None) -> dict[str, Any]:
    """What Sphinx's process has to know beside the sources."""
    edit = {page: path for path, page in DOCUMENTS.items()}
    edit |= {f"lessons/{each.info.lesson}": f"notebooks/{each.path.name}" for each in lessons}
    questions = {f"lessons/{each.info.lesson}": _question(each) for each in lessons}
    return {
        "repository": address.repository if address else "",
        "site": address.site if address else "",
        "edit": {page: address.edit(path) for page, path in edit.items()} if address else {},
        "about": {"index": about(), **questions},
    }


_LABELLED = re.compile(r"^\*\*[^*\n]+\*\*：?\s*(.+?)(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)


def _question(lesson: TaughtLesson) -> str:
    """The question that a lesson answers: in its title cell the paragraph that begins with a bold label."""
    found = _LABELLED.search(lesson.nb.cells[0].source)
    return " ".join(found[1].replace("`", "").split()) if found else about()


def _run_sphinx(source: Path, out: Path) -> None:
    program = Path(__file__).with_name(
        "_sphinx.py"
    )  # as a file: it needs nothing of the course but the tasks
    command = [sys.executable, "-P", str(program), str(source), str(out)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise SphinxFailed(done.stdout.strip())


_UNUSED = (
    ".buildinfo",
    "_sources",
    "_static/locales",
    "_static/*macros.html",
    "_static/scripts/fontawesome.js",
    "_static/**/*.map",
)
"""What Sphinx and the theme put into the folder and no page needs.

Icons come from the theme's font as well; its script of 1.5 MB would draw them once more.
"""
_ICON_SCRIPT = re.compile(r'\s*<script [^>]*src="[^"]*fontawesome\.js[^"]*"></script>')


def _lighten(made: Path) -> None:
    """Take out what no page needs."""
    for pattern in _UNUSED:
        for path in list(made.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    for path in made.rglob("*.html"):
        write(path, _in_one_language(_ICON_SCRIPT.sub("", path.read_text(encoding="utf-8"))))


def _in_one_language(page: str) -> str:
    """The page with what its theme has not translated in the learner's language, too."""
    if language() == ENGLISH:
        return page
    frame = {
        "Toggle primary sidebar": say("Toggle primary sidebar"),
        "Toggle secondary sidebar": say("Toggle secondary sidebar"),
        "Color mode": say("Color mode"),
        "System Settings": say("System Settings"),
        "Main": say("Main"),
        "Page": say("Page"),
    }
    words = "|".join(frame)
    attributes = rf'(?<=title=")(?:{words})(?=")|(?<=aria-label=")(?:{words})(?=")'
    places = rf"{attributes}|(?<=</i>)(?:{words})(?=</button>)"
    return re.sub(places, lambda found: frame[found[0]], page).replace("© Copyright ", "© ")


_HINTS = re.compile(r'<section class="course-hints">.*?</section>', re.DOTALL)


def find_leaks(out: Path, lessons: Sequence[str]) -> list[str]:
    """Look for every reference answer in every page of a site for learners.

    Not in the hints: the last one may be nearly all of a short answer, and whoever unfolds it wants that.
    """
    known = {name: answer for lesson in lessons for name, answer in editions.answers(lesson).items()}
    return [
        f"The reference answer of {exercise} is in {path.relative_to(out.parent).as_posix()}. "
        "Do not publish this; take it out of the notebook and build again."
        for path in sorted(out.rglob("*.html"))
        for exercise in editions.leaks_in_page(_HINTS.sub("", path.read_text(encoding="utf-8")), known)
    ]
