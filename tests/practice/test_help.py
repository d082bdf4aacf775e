"""Hints, the solution, progress, and the faces of a result."""

import sys

import pytest

from course.practice import (
    Result,
    Solution,
    _notebook,
    _progress,
    answer,
    bank,
    check,
    hint,
    journal,
    lesson,
    progress,
    solution,
)
from course.practice._help import Help

PROGRAMS = ("right_reference", "wrong_called", "starter")


def program(name: str) -> bank.Program:
    return next(each for each in bank.programs(lesson("rehearsal"), "demo.welcome") if each.name == name)


def checked(name: str) -> Result:
    return check("demo.welcome", program(name).run()["build_register"])


def test_hints_come_one_after_another_and_the_last_stays() -> None:
    heads = [repr(hint("demo.welcome")).splitlines()[0] for _ in range(4)]
    assert heads == ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Hint 3 of 3"]
    assert "That was the last hint" in repr(hint())


def test_a_hint_without_an_exercise_asks_for_one() -> None:
    assert 'Name one: `hint("demo.welcome")`' in repr(hint())
    checked("wrong_called")
    assert repr(hint()).startswith("Hint 1 of 3")


def test_the_solution_asks_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "You have not passed this exercise yet" in repr(solution("demo.welcome"))
    assert "tasks.add_task(send_welcome_email, user.email)" in repr(solution("demo.welcome", show=True))


def test_after_a_pass_the_solution_stands_beside_the_learners(monkeypatch: pytest.MonkeyPatch) -> None:
    names = program("right_async").run()
    check("demo.welcome", names["build_register"])
    monkeypatch.setattr(sys.modules["__main__"], "build_register", names["build_register"], raising=False)
    shown = solution("demo.welcome")
    text = repr(shown)
    assert text.index("--- Reference ---") < text.index("--- Yours ---") < text.index("async def welcome(")
    assert isinstance(shown, Solution)
    assert shown._repr_html_().count('<span class="cp-nf">build_register</span>') == 2


def test_progress_counts_and_names_what_comes_next() -> None:
    assert str(progress()) == (
        "07 · Rehearsal: exercises 0 of 1 passed, questions 0 of 2 right\n"
        "Next: Mail the welcome after the response (`demo.welcome`)"
    )
    checked("wrong_called")
    answer("demo.where", "b")
    assert "exercises 0 of 1 passed, questions 1 of 2 right" in str(progress("rehearsal"))
    checked("right_reference")
    checked("wrong_called")  # what was passed once stays passed
    assert str(progress()).endswith("Every exercise is passed.")
    assert "1 of 1" in progress()._repr_html_()


def test_a_finished_lesson_says_what_the_learner_can_do_now_and_what_is_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_notebook, "objectives", lambda name: (f"say what {name} is",))
    monkeypatch.setattr(_progress, "_next_lesson", lambda entries: ("08 · Next", "08_next.ipynb"))
    checked("right_reference")
    assert str(progress("rehearsal")).endswith("You can now\n- say what rehearsal is\nNext lesson: 08 · Next")
    assert '<a href="08_next.ipynb">08 · Next</a>' in progress("rehearsal")._repr_html_()
    last = checked("right_reference")
    assert last.steps[-1] == (
        "Every exercise of this lesson is passed. The next lesson is [08 · Next](08_next.ipynb)."
    )


def pressed(widget: Help, act: str) -> list[str]:
    widget._receive(widget, {"act": act}, [])
    return [button["act"] for button in widget.buttons]


def test_buttons_bring_hints_and_after_a_question_the_solution() -> None:
    widget = Help(checked("wrong_called"))
    assert pressed(widget, "hint") == ["hint", "solution"]
    assert pressed(widget, "hint") == ["hint", "solution"]
    assert ["Hint 1 of 3" in widget.brought[0], "Hint 2 of 3" in widget.brought[1]] == [True, True]
    assert pressed(widget, "solution") == ["hint", "show"]
    assert "You have not passed this exercise yet" in widget.brought[-1]
    pressed(widget, "show")
    assert [journal().entries("solution") != [], len(widget.brought)] == [True, 3]
    assert "cp-solution" in widget.brought[-1]
    assert pressed(widget, "no-such-button") == ["hint", "show"]


def test_after_a_pass_there_is_the_reference_to_compare_with() -> None:
    widget = Help(checked("right_reference"))
    assert pressed(widget, "solution") == ["solution"]
    assert "cp-solution" in widget.brought[-1]


def test_progress_without_any_lesson(monkeypatch: pytest.MonkeyPatch) -> None:
    import course.lessons

    monkeypatch.setattr(course.lessons, "__path__", [])
    assert str(progress()) == "There is no lesson to report on."


def test_a_result_is_text_and_html_with_the_picture() -> None:
    result = checked("wrong_called")
    assert repr(result) == (
        "Not yet: Mail the welcome after the response\n"
        "  Your endpoint called `send_welcome_email` itself, before the response was complete. So the\n"
        "  client waits for the mail. Look at what you give to `add_task`: the function and its\n"
        "  arguments, or the call's result?\n"
        "  Worth another look: “Pass it, do not call it”, the cell that begins with\n  `tasks.add_task(f)`.\n"
        '  Next: change your cell, run it and check again. Stuck? `hint("demo.welcome")`'
    )
    html = result._repr_html_()
    assert "<code>send_welcome_email</code>" in html
    assert '<svg class="timed"' in html
    assert "<script" not in html


def test_what_a_fresh_notebook_stores_does_not_depend_on_the_stylesheet() -> None:
    assert "<style>" not in checked("starter")._repr_html_()
    assert "<style>" not in progress()._repr_html_()


@pytest.mark.parametrize("name", PROGRAMS)
def test_texts_do_not_change_from_run_to_run(name: str) -> None:
    assert len({repr(checked(name)) for _ in range(5)}) == 1
