"""Questions: ``quiz``, ``predict``, ``compare``, ``answer`` and ``warm_up``.

In here an option is known by its key, which journals hold. Learners see and type its letter.
"""

from collections.abc import Iterable, Sequence
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
    """Where the learner stands with one question: what was chosen (keys) and what there is to say about it.

    "noted" is a prediction: what there is to say about it, ``compare`` says below the run.
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


def standing(id: str) -> Standing:
    """Where the learner stands with the question ``id``, from the journal."""
    found, question = question_text(id)
    chosen = _last_answer(id, question)
    return _judge(found, question, chosen) if chosen else OPEN


def _last_answer(id: str, question: Question) -> list[str]:
    """The keys that were chosen last; none when the question has been rewritten since."""
    given = [entry for entry in journal().entries(id=id) if entry.kind in ANSWERS and entry.chosen]
    chosen = (given[-1].chosen if given else None) or []
    return chosen if set(chosen) <= set(question.options) else []


def submit(id: str, chosen: Iterable[str]) -> Standing:
    """Judge an answer to the question ``id``, the keys of options, and note it in the journal.

    Raises:
        BadAnswer: nothing was chosen, or too much, or something that is not an option.
    """
    found, question = question_text(id)
    keys = sorted(set(chosen))
    if not keys:
        raise BadAnswer(say("Choose an option first."))
    if strange := [key for key in keys if key not in question.options]:
        raise BadAnswer(_bad_letter(question, strange[0]))
    if len(keys) > 1 and not question.several:
        raise BadAnswer(say("One option only, please: this question has one right answer."))
    kind = "prediction" if question.kind == "prediction" else "answer"
    journal().add(kind, id, chosen=keys, right=set(keys) == question.right)
    return _judge(found, question, keys)


def _bad_letter(question: Question, given: str) -> str:
    return say(
        "“{given}” is not an option of this question. It has {letters}.",
        given=given,
        letters=", ".join(question.letters.values()),
    )


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
    _, question = question_text(id)
    keys = {letter: key for key, letter in question.letters.items()}
    given = [letter for letter in "".join(letters).lower() if letter.isalnum()]
    if strange := [letter for letter in given if letter not in keys]:
        raise BadAnswer(_bad_letter(question, strange[0]))
    if letters:
        return Answer(id, submit(id, [keys[letter] for letter in given]), journal().notice())
    again = standing(id)
    if again is OPEN:
        again = Standing("open", lines=(say("Not answered yet."),))
    return Answer(id, again)


def question_as_text(id: str, now: Standing) -> str:
    """The question, its options, how to answer it, and what was answered."""
    _, question = question_text(id)
    ask = choose_all() if question.several else None
    lines = [to_text(question.ask), *([to_text(ask)] if ask else [])]
    lines += [_hanging(f"  {letter}) ", option.text) for letter, option in question.lettered]
    if now.state == "open":
        lines.append(to_text(_how(question, id)))
    elif now.state == "noted":
        lines.append(now.text(""))
    else:
        lines += [to_text(say("Your answer: {letters}.", letters=_letters(question, now.chosen))), now.text()]
    return "\n".join(lines)


def question_as_html(id: str, now: Standing) -> str:
    """The same as plain HTML, without the way to answer."""
    _, question = question_text(id)
    ask = f'<div style="font-weight: bold">{to_html(question.ask)}</div>'
    several = f"<p><em>{inline(choose_all())}</em></p>" if question.several else ""
    options = "".join(
        f'<li style="list-style: none">{_option_as_html(question, key, key in now.chosen)}</li>'
        for key in question.options
    )
    return f"{ask}{several}<ul>{options}</ul>{now.html()}"


def _option_as_html(question: Question, key: str, is_chosen: bool) -> str:
    shown = inline(f"{question.letters[key]}) {question.options[key].text}")
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


def _judge(found: Lesson, question: Question, chosen: Iterable[str]) -> Standing:
    keys = tuple(key for key in question.options if key in set(chosen))
    if question.kind == "prediction":
        return Standing("noted", keys, (_noted(question, keys),))
    options = question.options
    right = set(keys) == question.right
    mistakes = [key for key in keys if not options[key].right]
    state: State = "right" if right else "wrong" if mistakes else "partly"
    shown = keys if right or not mistakes else mistakes
    lines = [_verdict(state), *(_why(question, key, named=len(shown) > 1) for key in shown)]
    if (cure := _cure(found, question, mistakes)) is not None:
        lines.append(cure)
    rest = [key for key in options if key not in shown] if right else []
    return Standing(state, keys, tuple(lines), tuple(_why(question, key, named=True) for key in rest))


def _verdict(state: State) -> str:
    if state == "right":
        return say("Right.")
    if state == "partly":
        return say("Right so far, but not complete: at least one more applies.")
    return say("Not quite.")


def _letters(question: Question, keys: Iterable[str]) -> str:
    return ", ".join(question.letters[key] for key in keys)


def _noted(question: Question, keys: Sequence[str]) -> str:
    return say(
        "Noted: {letters}. Now run the cells below: the run, and the comparison.",
        letters=_letters(question, keys),
    )


def _why(question: Question, key: str, *, named: bool) -> str:
    why = question.options[key].why
    return f"{question.letters[key]}) {why}" if named else why


def _cure(found: Lesson, question: Question, mistakes: list[str]) -> str | None:
    """Where to look again after a wrong answer to a quiz question."""
    for key in mistakes:
        misconception = question.options[key].misconception
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
