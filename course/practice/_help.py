"""A check's answer in a live front end: the verdict, and under it buttons for a hint and for the solution."""

from typing import Any

import traitlets

from course.practice._exercise import Result
from course.practice._hints import Hint, hint, hints_left, solution
from course.practice._progress import progress
from course.practice._widget import Live, esm, shown_with, silent, without_a_kernel
from course.practice.markup import inline, page, to_text
from course.words import say


class Help(Live):
    """Buttons for the next hint and for the solution of an exercise; what they bring appears below them."""

    _esm = esm("help.js")

    buttons: Any = traitlets.List().tag(sync=True)
    brought: Any = traitlets.List().tag(sync=True)
    """What the buttons have brought, as HTML, oldest first."""

    def __init__(self, result: Result) -> None:
        self._id = result.id
        self._passed = result.passed
        self._question = ""
        super().__init__(
            buttons=self._buttons(),
            labels={
                "next": inline(_next(result)),
                "silent": silent(),
                "dead": say("These buttons have lost their kernel. Run this cell again to use them."),
            },
        )
        self.on_msg(self._receive)

    def _buttons(self, *, sure: bool = False) -> list[dict[str, str]]:
        if self._passed:
            return [{"act": "solution", "label": say("Compare with the reference")}]
        more = say("Next hint") if hints_left(self._id) else say("The last hint again")
        show = {"act": "show", "label": say("Show the solution anyway")}
        ask = {"act": "solution", "label": say("Solution")}
        return [{"act": "hint", "label": more}, show if sure else ask]

    def _receive(self, _widget: Any, message: dict[str, Any], _buffers: Any) -> None:
        act = message.get("act")
        if act not in ("hint", "solution", "show"):
            return
        found = hint(self._id) if act == "hint" else solution(self._id, show=act == "show")
        html = found._repr_html_()
        if act == "solution" and isinstance(found, Hint):
            self._question = html
        before = [each for each in self.brought if each not in (html, self._question)]
        self.buttons = self._buttons(sure=act in ("solution", "show"))
        self.brought = [*before, html]


def _next(result: Result) -> str:
    if result.passed:
        return say("Go on with the next cell, or compare first.")
    if result.state == "not yet":
        return say("Change your cell, run it, then run this check again.")
    return say("Fill in your cell, run it, then run this check again.")


def not_read(error: SyntaxError) -> str:
    """Why nothing is checked: what is there is not what the learner wrote last."""
    return say(
        "Python could not read your cell: `{error}` in its line {line}. So nothing of it ran, and nothing is "
        "checked. Correct that cell, run it, then run this check again.",
        error=type(error).__name__,
        line=error.lineno,
    )


def lesson_finished(name: str) -> str | None:
    """That this was the last exercise of a lesson, and which lesson is next; else nothing."""
    found = progress(name)
    if found.next is not None:
        return None
    if found.next_lesson is None:
        return say("Every exercise of the course is passed.")
    title, notebook = found.next_lesson
    return say(
        "Every exercise of this lesson is passed. The next lesson is {lesson}.",
        lesson=f"[{title}]({notebook})",
    )


class Checked(Result):
    """A result as a cell shows it: the verdict, which is saved, and the buttons, which need a kernel."""

    def _ipython_display_(self, **_options: Any) -> None:
        next_step = to_text(self.next_step, "  ")
        shown_with(
            Verdict(self),
            Help(self),
            next_step,
        )


class Verdict:
    """What a check found, without what to do next, for which there are buttons."""

    def __init__(self, result: Result) -> None:
        self._result = result

    def __repr__(self) -> str:
        return self._result.as_text()

    def _repr_html_(self) -> str:
        style = without_a_kernel(say("Run this cell again for hints and the solution."))
        html = f'{style}<div class="cp-verdict-of">{self._result.as_html()}</div>'
        return html if self._result.state == "not attempted" else page(html)
