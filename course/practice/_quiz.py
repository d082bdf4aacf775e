"""Questions: ``quiz``, ``predict``, ``answer`` and ``warm_up``."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from course.practice import _notebook
from course.practice._journal import Entry, journal
from course.practice.markup import inline, page, to_html, to_text
from course.practice.texts import Lesson, Question, lesson, lessons, misconception_text, question_text
from course.words import say

ANSWERS = ("answer", "prediction")

State = Literal["open", "noted", "right", "partly", "wrong"]


@dataclass(frozen=True)
class Standing:
    """Where the learner stands with one question: what was chosen and what there is to say about it.

    "noted" is a prediction whose verdict waits until the learner has seen the truth.
    """

    state: State
    chosen: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def text(self, indent: str = "  ") -> str:
        """What there is to say, as plain text."""
        return "\n".join(to_text(line, indent) for line in (*self.lines, *self.others))

    def html(self) -> str:
        """The same as HTML; the other options' explanations can be unfolded."""
        first, rest = self.lines[:1], self.lines[1:]
        html = "".join(f'<p class="cp-verdict"><strong>{inline(line)}</strong></p>' for line in first)
        html += "".join(to_html(line) for line in rest)
        if self.others:
            label = say("Why not the others")
            others = "".join(to_html(line) for line in self.others)
            html += f'<details><summary data-lm-suppress-shortcuts="true">{label}</summary>{others}</details>'
        return html


OPEN = Standing("open")


class BadAnswer(ValueError):
    """The answer is not one that the question allows."""


def standing(id: str, *, reveal: bool = True) -> Standing:
    """Where the learner stands with the question ``id``, from the journal.

    Args:
        id: the question's id.
        reveal: whether a prediction's verdict may be given now.
    """
    found, question = question_text(id)
    given = [entry for entry in journal().entries(id=id) if entry.kind in ANSWERS and entry.chosen]
    chosen = given[-1].chosen if given else None
    if not chosen or not set(chosen) <= set(question.options):  # the question has been rewritten since
        return OPEN
    return _judge(found, question, chosen, reveal=reveal)


def submit(id: str, chosen: Iterable[str]) -> Standing:
    """Judge an answer to the question ``id`` and note it in the journal.

    Raises:
        BadAnswer: nothing was chosen, or too much, or something that is not an option.
    """
    found, question = question_text(id)
    letters = sorted(set(chosen))
    if not letters:
        raise BadAnswer(say("Choose an option first."))
    if strange := [letter for letter in letters if letter not in question.options]:
        raise BadAnswer(
            say(
                "“{given}” is not an option of this question. It has {letters}.",
                given=strange[0],
                letters=", ".join(question.options),
            )
        )
    if len(letters) > 1 and not question.several:
        raise BadAnswer(say("One option only, please: this question has one right answer."))
    kind = "prediction" if question.kind == "prediction" else "answer"
    journal().add(kind, id, chosen=letters, right=set(letters) == question.right)
    return _judge(found, question, letters, reveal=question.kind == "quiz")


@dataclass(frozen=True)
class Answer:
    """The verdict on an answer."""

    id: str
    standing: Standing
    notice: str | None = None

    def __repr__(self) -> str:
        text = self.standing.text("")
        return f"{text}\n{to_text(self.notice)}" if self.notice else text

    def _repr_html_(self) -> str:
        notice = f'<p class="cp-step">{inline(self.notice)}</p>' if self.notice else ""
        return page(
            f'<section class="cp cp-q-{self.standing.state}">{self.standing.html()}{notice}</section>'
        )


def answer(id: str, *letters: str) -> Answer:
    """Answer the question ``id``; without letters, look again at what you answered.

    Args:
        id: the question's id.
        letters: the option, or the options where several may apply: ``"b"``, ``"ac"`` or ``"a", "c"``.

    Raises:
        UnknownId: there is no such question.
        BadAnswer: a letter is not one of its options.
    """
    chosen = [letter for letter in "".join(letters).lower() if letter.isalnum()]
    if letters:
        return Answer(id, submit(id, chosen), journal().notice())
    again = standing(id)
    if again is OPEN:
        again = Standing("open", lines=(say("Not answered yet."),))
    return Answer(id, again)


def question_as_text(id: str, now: Standing) -> str:
    """The question, its options, how to answer it, and what was answered."""
    _, question = question_text(id)
    ask = choose_all() if question.several else None
    lines = [to_text(question.ask), *([to_text(ask)] if ask else [])]
    lines += [_hanging(f"  {letter}) ", option.text) for letter, option in question.options.items()]
    if now.state == "open":
        lines.append(to_text(_how(question, id)))
    elif now.state == "noted":
        how = say('Afterwards compare: run this cell again, or `answer("{id}")`.', id=id)
        lines.append(f"{now.text('')}\n{to_text(how)}")
    else:
        lines += [to_text(say("Your answer: {letters}.", letters=", ".join(now.chosen))), now.text()]
    return "\n".join(lines)


def question_as_html(id: str, now: Standing) -> str:
    """The same as plain HTML, without the way to answer."""
    _, question = question_text(id)
    ask = f'<div style="font-weight: bold">{to_html(question.ask)}</div>'
    several = f"<p><em>{inline(choose_all())}</em></p>" if question.several else ""
    options = "".join(
        f'<li style="list-style: none">{_option_as_html(letter, option.text, letter in now.chosen)}</li>'
        for letter, option in question.options.items()
    )
    return f"{ask}{several}<ul>{options}</ul>{now.html()}"


def _option_as_html(letter: str, text: str, is_chosen: bool) -> str:
    shown = inline(f"{letter}) {text}")
    if not is_chosen:
        return shown
    mark = inline(say("(your choice)"))
    return f"<strong>{shown}</strong> {mark}"


def questions_for_warm_up(name: str, limit: int) -> list[str]:
    """Quiz questions of earlier lessons to ask again, the one answered longest ago first.

    Those whose last answer was wrong, and those that were answered wrongly first and rightly only once since.
    """
    earlier = {each.name: each for each in _before(name)}
    entries = journal().entries("answer")
    waiting: dict[str, None] = {}
    for each in earlier.values():
        for id, question in each.text.questions.items():
            if question.kind == "quiz" and _is_shaky([entry for entry in entries if entry.id == id]):
                waiting[id] = None
    order = {entry.id: number for number, entry in enumerate(entries)}
    return sorted(waiting, key=lambda id: order[id])[:limit]


def _is_shaky(entries: list[Entry]) -> bool:
    if not entries or all(entry.right for entry in entries):
        return False
    since = 0
    for entry in reversed(entries):
        if not entry.right:
            break
        since += 1
    return since < 2


def _before(name: str) -> list[Lesson]:
    """The lessons before ``name``."""
    lesson(name)
    names = [each.name for each in lessons()]
    return lessons()[: names.index(name)]


def _judge(found: Lesson, question: Question, chosen: Iterable[str], *, reveal: bool) -> Standing:
    letters = tuple(sorted(chosen))
    named = ", ".join(letters)
    if not reveal:
        return Standing(
            "noted", letters, (say("Noted: {letters}. Now run the next cell and see.", letters=named),)
        )
    options = question.options
    right = set(letters) == question.right
    mistakes = [letter for letter in letters if not options[letter].right]
    state: State = "right" if right else "wrong" if mistakes else "partly"
    verdict = _prediction(named, right=right) if question.kind == "prediction" else _verdict(state)
    shown = letters if right or not mistakes else mistakes
    if question.kind == "prediction" and not right:
        shown = (*mistakes, *sorted(question.right))
    lines = [verdict, *(_why(question, letter, named=len(shown) > 1) for letter in shown)]
    if (cure := _cure(found, question, mistakes)) is not None:
        lines.append(cure)
    rest = [letter for letter in options if letter not in shown] if right else []
    return Standing(
        state, letters, tuple(lines), tuple(_why(question, letter, named=True) for letter in rest)
    )


def _prediction(letters: str, *, right: bool) -> str:
    if right:
        return say("You predicted {letters}, and so it is.", letters=letters)
    return say("You predicted {letters}; it turned out differently.", letters=letters)


def _verdict(state: State) -> str:
    if state == "right":
        return say("Right.")
    if state == "partly":
        return say("Right so far, but not complete: at least one more applies.")
    return say("Not quite.")


def _why(question: Question, letter: str, *, named: bool) -> str:
    why = question.options[letter].why
    return f"{letter}) {why}" if named else why


def _cure(found: Lesson, question: Question, mistakes: list[str]) -> str | None:
    """Where to look again after a wrong answer to a quiz question."""
    for letter in mistakes:
        misconception = question.options[letter].misconception
        cure = misconception_text(misconception) if misconception and question.kind == "quiz" else None
        if cure is not None:
            return _notebook.pointer(cure[0].name, cure[1].cure, here=found.name)
    return None


def choose_all() -> str:
    """What stands with a question of which more than one option may be right."""
    return say("Choose all that apply.")


def _how(question: Question, id: str) -> str:
    """How to answer by a call."""
    if question.kind == "prediction":
        return say(
            'What do you expect? Commit by `answer("{id}", "a")`, with the letter of your choice, then run '
            "the next cell.",
            id=id,
        )
    if question.several:
        return say(
            'More than one may be right. Answer by `answer("{id}", "ab")`, with the letters of your choice.',
            id=id,
        )
    return say('Answer by `answer("{id}", "a")`, with the letter of your choice.', id=id)


def _hanging(start: str, text: str) -> str:
    """``text`` after ``start``; its other lines are indented by the same width."""
    blank = " " * len(start)
    return start + to_text(text, blank)[len(blank) :]
