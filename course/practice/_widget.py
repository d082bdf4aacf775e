"""The face of questions in a live front end: one anywidget, with a text face beside it.

Which option is right stays in the kernel until the learner has answered.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from course.practice import _quiz
from course.practice._content import Question, question_text
from course.practice._journal import journal
from course.practice._markup import inline, to_html, to_text
from course.practice._quiz import BadAnswer, Standing, question_as_text, standing, submit
from course.practice._style import css
from course.practice._texts import say

_HERE = Path(__file__).parent
_LABELS = ("choose", "commit", "compare", "nothing-chosen", "failed")


class Questions(anywidget.AnyWidget):
    """One or several questions, one after another."""

    _esm = (_HERE / "widget.js").read_text("utf-8")
    _css = css()

    questions: Any = traitlets.List().tag(sync=True)
    standings: Any = traitlets.Dict().tag(sync=True)
    labels: Any = traitlets.Dict().tag(sync=True)
    note: Any = traitlets.Unicode("").tag(sync=True)

    def __init__(self, ids: Sequence[str], intro: str = "", *, reveal: bool = True) -> None:
        self._ids = tuple(ids)
        self._intro = intro
        self._reveal = reveal
        self._turns = 0
        super().__init__(
            questions=[_shown(id, number, len(ids)) for number, id in enumerate(ids, 1)],
            standings={id: _sent(standing(id, reveal=reveal)) for id in ids},
            labels={name: say(f"quiz.{name}") for name in _LABELS},
            note=inline(intro),
        )
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        texts = [to_text(self._intro)] if self._intro else []
        for number, id in enumerate(self._ids, 1):
            if len(self._ids) > 1:
                texts.append(say("quiz.number", number=number, all=len(self._ids)))
            texts.append(question_as_text(id, standing(id, reveal=self._reveal)) + "\n")
        return "\n".join(texts).rstrip()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["text/plain"] = repr(self)
        return bundle

    def _receive(self, _widget: Any, message: dict[str, Any], _buffers: Any) -> None:
        """A message of the front end: an answer, or the wish to compare a prediction."""
        id = message.get("id")
        if id not in self._ids:
            return
        try:
            now = submit(id, message.get("chosen", [])) if message.get("type") == "answer" else standing(id)
            sent = _sent(now)
        except BadAnswer as error:
            sent = {"state": "open", "chosen": [], "html": f"<p>{inline(str(error))}</p>"}
        if (notice := journal().notice()) is not None:
            sent["html"] += f'<p class="cp-step">{inline(notice)}</p>'
        self._turns += 1  # the same answer given again is news to the front end as well
        self.standings = {**self.standings, id: {**sent, "turn": self._turns}}


class Message:
    """One line to read, where there is no question to answer."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return to_text(self._text)


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
    """Show a question to commit to before the next cell shows the truth.

    The verdict comes when the learner asks for it, or when the cell is run again.

    Raises:
        UnknownId: there is no such question.
    """
    return Questions([id], say("quiz.predict-first"))


def warm_up(lesson: str, limit: int = 2) -> Questions | Message:
    """Up to ``limit`` questions of earlier lessons that the learner had wrong.

    Raises:
        UnknownId: there is no such lesson.
    """
    ids = _quiz.questions_for_warm_up(lesson, limit)
    return Fresh(ids, say("quiz.warm-up")) if ids else Message(say("quiz.warm-up-none"))


class Fresh(Questions):
    """Questions that are asked anew: what was answered before is not shown."""

    def __init__(self, ids: Sequence[str], intro: str) -> None:
        super().__init__(ids, intro)
        self.standings = {id: _sent(_quiz.OPEN) for id in ids}

    def __repr__(self) -> str:
        return "\n\n".join([to_text(self._intro), *(question_as_text(id, _quiz.OPEN) for id in self._ids)])


def _shown(id: str, number: int, of: int) -> dict[str, Any]:
    """What the front end may know of a question."""
    _, question = question_text(id)
    return {
        "id": id,
        "number": say("quiz.number", number=number, all=of) if of > 1 else "",
        "ask": to_html(question.ask),
        "several": say("quiz.several") if question.several else "",
        "kind": question.kind,
        "options": _options(question),
    }


def _options(question: Question) -> list[dict[str, str]]:
    return [{"letter": letter, "html": inline(option.text)} for letter, option in question.options.items()]


def _sent(now: Standing) -> dict[str, Any]:
    return {"state": now.state, "chosen": list(now.chosen), "html": now.html()}
