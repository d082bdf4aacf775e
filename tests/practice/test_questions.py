"""Questions: as text, as a widget, answered, answered again."""

import json
from html.parser import HTMLParser
from typing import Any

import pytest

from course.practice import BadAnswer, answer, compare, journal, predict, quiz, texts, warm_up
from course.practice._widget import Questions


def test_a_question_as_text_says_how_to_answer_it() -> None:
    assert repr(quiz("demo.where")) == (
        "Where does a task written with `async def` run?\n"
        "  a) In a worker thread\n"
        "  b) On the event loop, in the request's own coroutine\n"
        "  c) In another process\n"
        'Answer by `answer("demo.where", "a")`, with the letter of your choice.'
    )


def test_several_questions_are_numbered() -> None:
    text = repr(quiz("demo.where", "demo.which"))
    assert text.startswith("Question 1 of 2\nWhere")
    assert "\nQuestion 2 of 2\nWhich of these tasks run?\n\n    tasks.add_task(f)" in text
    assert 'answer("demo.which", "ab")' in text


def test_an_answer_explains_itself_and_points_at_the_cure() -> None:
    assert repr(answer("demo.where", "a")) == (
        "Not quite.\n"
        "That is where a plain `def` task runs.\n"
        "Worth another look: “Pass it, do not call it”, the cell that begins with\n`tasks.add_task(f)`."
    )
    assert repr(answer("demo.where", "B")).startswith(
        "Right.\nStarlette awaits it after the last byte.\na) That"
    )


@pytest.mark.parametrize(
    ("line", "start"),
    [
        ("A refusal is an answer.", "A refusal is an answer."),
        (
            f"A refusal is an answer. {'The service is not asked again. ' * 3}",
            "A refusal is an answer. The service is not …",
        ),
        (
            f"- 拒绝也是答复。{'不再去问那个服务，不扣钱。' * 4}",
            "- 拒绝也是答复。不再去问那个服务，不扣钱。不再去…",
        ),
        (f"`{'x' * 60}`", f"{'x' * 48}…"),
    ],
)
def test_a_cell_is_named_by_its_beginning(line: str, start: str) -> None:
    """Also in a language without spaces, where only the mark of the item would be left."""
    path = texts.notebooks_folder() / "07_rehearsal.ipynb"
    nb = json.loads(path.read_text(encoding="utf-8"))
    nb["cells"][2] |= {"cell_type": "markdown", "source": f"{line}\n"}
    path.write_text(json.dumps(nb), encoding="utf-8")
    said = "".join(repr(answer("demo.where", "a")).split())
    assert said.endswith("".join(f"the cell that begins with “{start}”.".split()))


@pytest.mark.parametrize(
    ("letters", "verdict"),
    [(("a", "c"), "Right."), (("ac",), "Right."), (("a",), "Right so far"), (("b", "a"), "Not quite.")],
)
def test_several_letters(letters: tuple[str, ...], verdict: str) -> None:
    assert repr(answer("demo.which", *letters)).startswith(verdict)


@pytest.mark.parametrize(
    ("letters", "message"),
    [
        ("x", "“x” is not an option"),
        ("ab", "One option only"),
        ("", "Choose"),
    ],
)
def test_letters_that_make_no_answer(letters: str, message: str) -> None:
    with pytest.raises(BadAnswer, match=message):
        answer("demo.where", letters)
    assert journal().entries() == []


def test_what_was_answered_is_shown_again() -> None:
    assert repr(answer("demo.where")) == "Not answered yet."
    answer("demo.where", "b")
    assert "Your answer: b.\n  Right." in repr(quiz("demo.where"))
    assert repr(answer("demo.where")).startswith("Right.")


def test_a_prediction_waits_for_the_truth() -> None:
    assert "Commit by `answer(" in repr(predict("demo.order"))
    noted = "Noted: b. Now run the cells below: the run, and the comparison."
    assert repr(answer("demo.order", "b")) == noted
    assert repr(predict("demo.order")).endswith(noted)
    assert repr(answer("demo.order")) == noted
    assert repr(compare("demo.order")) == (
        "It turned out differently.\n"
        "You predicted: b) the mail\n"
        "  It waits for the response.\n"
        "What happened: a) the response\n"
        "  It goes first."
    )
    answer("demo.order", "a")
    happened = "What happened: a) the response\n  It goes first."
    assert repr(compare("demo.order")) == f"You predicted what happened.\n{happened}"


def test_who_predicts_nothing_reads_what_happened_all_the_same() -> None:
    compared = compare("demo.order")
    assert repr(compared) == ("You made no prediction.\nWhat happened: a) the response\n  It goes first.")
    assert "<style>" not in compared._repr_html_(), "a fresh notebook stores it"
    with pytest.raises(ValueError, match="is a question of a quiz"):
        compare("demo.where")


def test_a_letter_is_a_place_and_a_journal_holds_the_option() -> None:
    """So options may change places, and an old journal means what it meant."""
    answer("demo.order", "b")  # the second of the list, whose key is a
    assert journal().entries()[-1].chosen == ["a"]
    assert predict("demo.order").standings["demo.order"]["chosen"] == ["a"]
    with pytest.raises(BadAnswer, match="It has a, b"):
        answer("demo.order", "c")


def test_comparing_unfolds_the_explanation_below(monkeypatch: pytest.MonkeyPatch) -> None:
    sent_by: list[tuple[Questions, object]] = []
    monkeypatch.setattr(Questions, "send", lambda self, message: sent_by.append((self, message)))
    asked, other = predict("demo.order"), quiz("demo.where")
    compare("demo.order")
    assert (asked, {"type": "unfold"}) in sent_by
    assert other not in [widget for widget, _ in sent_by]


def test_a_question_that_was_rewritten_is_open_again() -> None:
    journal().add("answer", "demo.where", chosen=["h"], right=False)
    assert "Answer by" in repr(quiz("demo.where"))


def sent(widget: Questions, **message: Any) -> Any:
    widget._receive(widget, message, [])
    return widget.standings[message["id"]]


def test_the_widget_does_not_know_the_answer_before_the_learner_has_given_one() -> None:
    widget = quiz("demo.where", "demo.which")
    known = str(widget.get_state())
    assert "Starlette awaits" not in known
    assert "right" not in str(widget.questions)
    now = sent(widget, type="answer", id="demo.where", chosen=["b"])
    assert (now["state"], now["chosen"]) == ("right", ["b"])
    assert "Starlette awaits" in now["html"]
    assert journal().entries()[-1].right is True


def test_the_same_answer_again_is_news() -> None:
    widget = quiz("demo.where")
    first = sent(widget, type="answer", id="demo.where", chosen=["a"])
    assert first != sent(widget, type="answer", id="demo.where", chosen=["a"])


@pytest.mark.parametrize("message", [{"id": "demo.order"}, {"id": "no.such"}, {}, {"type": "answer"}])
def test_a_message_about_another_question_is_passed_over(message: dict[str, Any]) -> None:
    widget = quiz("demo.where")
    before = dict(widget.standings)
    widget._receive(widget, message, [])
    assert widget.standings == before


def test_a_widget_refuses_what_is_no_answer() -> None:
    now = sent(quiz("demo.where"), type="answer", id="demo.where", chosen=[])
    assert now["state"] == "open"
    assert "Choose an option first." in now["html"]


def test_a_widget_keeps_a_prediction_to_itself() -> None:
    widget = predict("demo.order")
    assert sent(widget, type="answer", id="demo.order", chosen=["b"])["state"] == "noted"
    assert "It goes first" not in str(widget.get_state())


def test_a_new_widget_shows_what_was_answered() -> None:
    answer("demo.where", "c")
    assert quiz("demo.where").standings["demo.where"]["chosen"] == ["c"]


class Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)


def test_a_saved_question_has_no_script_and_nothing_to_press() -> None:
    outline = Outline()
    answer("demo.where", "a")
    html = quiz("demo.where")._as_saved()._repr_html_()
    outline.feed(html)
    assert set(outline.tags) <= {
        "style",
        "div",
        "p",
        "ul",
        "li",
        "strong",
        "em",
        "a",
        "code",
        "pre",
        "details",
        "summary",
    }
    assert "<strong>a) In a worker thread</strong> (your choice)" in html


def test_warm_up_asks_what_was_missed_in_an_earlier_lesson(monkeypatch: pytest.MonkeyPatch) -> None:
    from course.practice import _quiz

    assert repr(warm_up("rehearsal")).startswith("No question of an earlier lesson")
    monkeypatch.setattr(_quiz, "_before", lambda name: _quiz.lessons())
    assert repr(warm_up("rehearsal")).startswith("No question of an earlier lesson")
    answer("demo.which", "b")
    answer("demo.where", "a")
    answer("demo.order", "a")
    shown = warm_up("rehearsal")
    assert isinstance(shown, Questions)
    assert list(shown.standings) == ["demo.which", "demo.where"]
    assert repr(shown).startswith("Before you start: 2 questions from earlier lessons")
    assert {now["state"] for now in shown.standings.values()} == {"open"}
    answer("demo.which", "ac")
    assert "demo.which" in repr(warm_up("rehearsal"))
    answer("demo.which", "ac")
    assert "demo.which" not in repr(warm_up("rehearsal"))
    assert repr(warm_up("rehearsal")).startswith("Before you start: one question from an earlier lesson")
