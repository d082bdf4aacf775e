"""``compare``: below the run stands what was predicted, what happened, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from course.practice import _notebook, _quiz
from course.practice._widget import Message, unfold_below
from course.practice.markup import inline, page, to_text
from course.practice.texts import Question, question_text
from course.words import say


@dataclass(frozen=True)
class Comparison:
    """A prediction beside what happened: lines of markup, each with the reason under it."""

    id: str
    verdict: str
    predicted: bool
    right: bool
    pairs: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        lines = [to_text(self.verdict)] if self.verdict else []
        for line, why in self.pairs:
            lines += [to_text(line), to_text(why, "  ")]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head = f'<p class="cp-head"><strong>{inline(self.verdict)}</strong></p>' if self.verdict else ""
        pairs = "".join(
            f'<p class="cp-said"><strong>{inline(line)}</strong></p><p>{inline(why)}</p>'
            for line, why in self.pairs
        )
        kind = "cp-passed" if self.right else "cp-not-yet" if self.predicted else "cp-open"
        html = f'<section class="cp cp-compare {kind}">{head}{pairs}</section>'
        return page(html) if self.predicted else html  # a fresh notebook stores it without the stylesheet


def compare(id: str) -> Comparison | Message:
    """Say what was predicted, what happened and why, once the cell above has run.

    Raises:
        UnknownId: there is no such question.
        ValueError: it is a question of a quiz.
    """
    found, question = question_text(id)
    if question.kind != "prediction":
        raise ValueError(say("`{id}` is a question of a quiz. `compare` is for predictions.", id=id))
    if (line := _notebook.not_run_before("compare", id, found.name)) is not None:
        return Message(
            say("First run the cell above, which begins with `{line}`. Then run this cell.", line=line)
        )
    unfold_below(id)
    return _compared(id, question, _quiz.standing(id).chosen)


def _compared(id: str, question: Question, chosen: Sequence[str]) -> Comparison:
    happened = [key for key in question.options if key in question.right]
    right = set(chosen) == question.right
    if right:
        verdict = say("You predicted what happened.")
    elif chosen:
        verdict = say("It turned out differently.")
    else:
        verdict = say("You made no prediction.")
    pairs = [(_predicted(question, key), _why(question, key)) for key in chosen if key not in happened]
    half_right = () if right else chosen
    pairs += [(_happened(question, key, key in half_right), _why(question, key)) for key in happened]
    return Comparison(id, verdict, bool(chosen), right, tuple(pairs))


def _predicted(question: Question, key: str) -> str:
    letter, option = question.letters[key], question.options[key].text
    return say("You predicted: {letter}) {option}", letter=letter, option=option)


def _happened(question: Question, key: str, predicted: bool) -> str:
    letter, option = question.letters[key], question.options[key].text
    if predicted:
        return say("You predicted, and it happened: {letter}) {option}", letter=letter, option=option)
    return say("What happened: {letter}) {option}", letter=letter, option=option)


def _why(question: Question, key: str) -> str:
    return question.options[key].why
