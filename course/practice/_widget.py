"""Questions in a live front end: one anywidget, with plain text beside it.

Which option is right stays in the kernel until the learner has answered.
"""

import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from IPython.display import DisplayHandle, display

from course.practice import _quiz
from course.practice._journal import journal
from course.practice._quiz import (
    BadAnswer,
    Standing,
    choose_all,
    question_as_html,
    question_as_text,
    standing,
    submit,
)
from course.practice.markup import css, inline, to_html, to_text
from course.practice.texts import question_text
from course.words import say

_HERE = Path(__file__).parent


def esm(name: str) -> str:
    """The JavaScript of a widget, with what all widgets share before it."""
    return (_HERE / "notebook.js").read_text("utf-8") + (_HERE / name).read_text("utf-8")


def widget_css() -> str:
    """The stylesheet of the widgets."""
    return css() + (_HERE / "widget.css").read_text("utf-8")


def shown_with(saved: Any, widget: "Live", text: str) -> DisplayHandle | None:
    """Show two outputs: what the front end saves and can show without a kernel, and the widget, for which
    ``text`` stands where there are no widgets.
    """
    handle: DisplayHandle | None = display(saved, display_id=True)  # type: ignore[no-untyped-call]
    bundle = widget._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    display({**(data or {}), "text/plain": text}, raw=True)  # type: ignore[no-untyped-call]
    return handle


def without_a_kernel(says: str) -> str:
    """A style: JupyterLab writes an error in place of a widget that no kernel knows. This says what to do."""
    saved = ".jp-OutputArea-child:has(.cp-saved, .cp-verdict-of)"
    dead = f"{saved} ~ .jp-OutputArea-child .jupyter-widgets:not(:has(*))"
    return f'<style>{dead} {{ font-size: 0 }} {dead}::after {{ font-size: 14px; content: "{says}" }}</style>'


class Live(anywidget.AnyWidget):
    """A widget that says when its kernel is gone."""

    _css = widget_css()

    labels: Any = traitlets.Dict().tag(sync=True)
    me: Any = traitlets.Unicode("").tag(sync=True)
    """The id of its model, by which the front end finds out whether there is still a kernel behind it."""

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.me = self.model_id or ""


class Questions(Live):
    """One or several questions, one after another.

    Shown in a notebook, they are two outputs: the questions and what was answered as plain HTML, which the
    front end saves and can show without a kernel, and the widget, which hides the HTML while a kernel is
    connected.
    """

    _esm = esm("widget.js")

    questions: Any = traitlets.List().tag(sync=True)
    standings: Any = traitlets.Dict().tag(sync=True)
    note: Any = traitlets.Unicode("").tag(sync=True)

    def __init__(self, ids: Sequence[str], intro: str = "", *, anew: bool = False) -> None:
        self._intro = intro
        self._now = {id: _quiz.OPEN if anew else standing(id) for id in ids}
        self._turns = 0
        self._saved: list[DisplayHandle] = []
        super().__init__(
            questions=[_shown(id, number, len(ids)) for number, id in enumerate(ids, 1)],
            standings={id: _sent(now) for id, now in self._now.items()},
            labels=_labels(),
            note=inline(intro),
        )
        self.on_msg(self._receive)
        _alive.add(self)

    def __repr__(self) -> str:
        return repr(self._as_saved())

    def _ipython_display_(self, **_options: Any) -> None:
        handle = shown_with(self._as_saved(), self, idle())
        if handle is not None:
            self._saved.append(handle)

    def _as_saved(self) -> "Saved":
        return Saved(self._intro, dict(self._now))

    def _receive(self, _widget: Any, message: dict[str, Any], _buffers: Any) -> None:
        """An answer from the front end: the keys of options."""
        id = message.get("id", "")
        if id not in self._now:
            return
        try:
            now = submit(id, message.get("chosen", []))
        except BadAnswer as error:
            now = _quiz.Standing("open", lines=(str(error),))
        sent = _sent(now)
        if (notice := journal().notice()) is not None:
            sent["html"] += f'<p class="cp-step">{inline(notice)}</p>'
        self._turns += 1  # so that the front end also notices the same answer given again
        self._now[id] = now
        self.standings = {**self.standings, id: {**sent, "turn": self._turns}}
        for handle in self._saved:
            handle.update(self._as_saved())  # type: ignore[no-untyped-call]

    def asks(self, id: str) -> bool:
        """Whether this question is among them."""
        return id in self._now


_alive: weakref.WeakSet[Questions] = weakref.WeakSet()


def unfold_below(id: str) -> None:
    """Let the front end unfold the explanation that follows the prediction ``id``."""
    for each in list(_alive):
        if each.asks(id):
            each.send({"type": "unfold"})


class Saved:
    """Questions, and what was answered, without a kernel: no script, no style, nothing to press."""

    def __init__(self, intro: str, now: dict[str, Standing]) -> None:
        self._intro = intro
        self._now = now

    def __repr__(self) -> str:
        texts = [to_text(self._intro)] if self._intro else []
        for number, (id, now) in enumerate(self._now.items(), 1):
            if len(self._now) > 1:
                texts.append(_number(number, len(self._now)))
            texts.append(question_as_text(id, now) + "\n")
        return "\n".join(texts).rstrip()

    def _repr_html_(self) -> str:
        intro = f"<p>{inline(self._intro)}</p>" if self._intro else ""
        questions = "".join(question_as_html(id, now) for id, now in self._now.items())
        style = without_a_kernel(idle())
        return f'{style}<div class="cp-saved">{intro}{questions}</div>'


def _labels() -> dict[str, str]:
    """What the front end shows beside the questions."""
    return {
        "choose": say("Answer"),
        "commit": say("Commit"),
        "nothing-chosen": say("Choose an option first."),
        "silent": silent(),
        "dead": say("This question has lost its kernel. Run this cell again to answer here."),
    }


def silent() -> str:
    """What a widget says when the kernel does not answer."""
    return say("The kernel has not taken this yet. It may be busy; if it was restarted, run this cell again.")


def idle() -> str:
    """What stands in place of a question while no kernel knows it."""
    return say("Run this cell to answer here.")


def _number(number: int, of: int) -> str:
    return say("Question {number} of {all}", number=number, all=of)


class Message:
    """One line of text, where there is no question to answer."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return to_text(self._text)

    def _repr_html_(self) -> str:
        return f'<p style="opacity: .75">{inline(self._text)}</p>'


def quiz(*ids: str) -> Questions:
    """Show quiz questions, one after another, to be answered here (or by ``answer``).

    Raises:
        UnknownId: there is no such question.
        TypeError: no question is named.
    """
    if not ids:
        raise TypeError("quiz() needs the id of a question")
    return Questions(ids)


def predict(id: str) -> Questions:
    """Show a question to commit to before the next cell shows the truth, which ``compare`` explains.

    Raises:
        UnknownId: there is no such question.
    """
    return Questions([id], say("Your prediction, before you run the next cell:"))


def warm_up(lesson: str, limit: int = 2) -> Questions | Message:
    """Up to ``limit`` questions of earlier lessons that the learner had wrong.

    Raises:
        UnknownId: there is no such lesson.
    """
    ids = _quiz.questions_for_warm_up(lesson, limit)
    if not ids:
        return Message(say("No question of an earlier lesson is waiting for you."))
    if len(ids) == 1:
        intro = say("Before you start: one question from an earlier lesson that is worth a second look.")
    else:
        intro = say(
            "Before you start: {count} questions from earlier lessons that are worth a second look.",
            count=len(ids),
        )
    return Questions(ids, intro, anew=True)


def _shown(id: str, number: int, of: int) -> dict[str, Any]:
    """What the front end may know about a question: not which option is right."""
    _, question = question_text(id)
    return {
        "id": id,
        "number": _number(number, of) if of > 1 else "",
        "ask": to_html(question.ask),
        "several": choose_all() if question.several else "",
        "kind": question.kind,
        "options": [
            {"key": key, "letter": letter, "html": inline(question.options[key].text)}
            for key, letter in question.letters.items()
        ],
    }


def _sent(now: Standing) -> dict[str, Any]:
    return {"state": now.state, "chosen": list(now.chosen), "html": now.html()}
