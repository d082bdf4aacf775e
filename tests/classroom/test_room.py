"""What the board works out, with a clock that the test owns."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest

from course.classroom.room import GONE, QUIET, RECENT, Room
from course.classroom.store import Noted, Seat
from course.classroom.wire import Event
from course.practice import lessons
from course.practice.texts import misconception_text
from course.seat import encode

MINUTE = 60.0
LESSON = next(each for each in lessons() if len(each.text.exercises) > 2)
FIRST, SECOND = list(LESSON.text.exercises)[:2]
MISS = next(id for id, miss in LESSON.text.exercises[FIRST].misses.items() if miss.misconception)
PREDICTION, QUESTION, OF_PREDICTION = next(
    (id, question, lesson)
    for lesson in lessons()
    for id, question in lesson.text.questions.items()
    if question.kind == "prediction"
)
RIGHT = min(QUESTION.right)
WRONG = min(set(QUESTION.options) - QUESTION.right)


class Class:
    """Five learners, and what they do."""

    def __init__(self, count: int = 5) -> None:
        self.now = 1000.0
        self.room = Room((Seat(id, f"Seat {id}", "", self.now) for id in range(count)), now=self.now)
        self.noted: list[Noted] = []
        self.live()

    def live(self) -> None:
        for id in self.room.places:
            self.room.hear(id, self.now)

    def does(self, seat: int, kind: str, id: str, **more: Any) -> None:
        event = Event.model_construct(
            key=uuid.uuid4(),
            kind=kind,
            id=id,
            **{**dict.fromkeys(("state", "miss", "chosen", "number")), **more},
        )
        self.noted.append(Noted(seat, self.now, event))
        self.room.add(self.noted[-1])

    def fails(self, seat: int, id: str = FIRST, times: int = 1, miss: str = MISS) -> None:
        for _ in range(times):
            self.does(seat, "check", id, state="not yet", miss=miss)

    def passes(self, seat: int, id: str = FIRST) -> None:
        self.does(seat, "check", id, state="passed")

    def stuck(self) -> list[int]:
        return [each.seat.id for each in self.room.stuck(self.now)]


def test_several_failed_checks_are_stuck_and_a_pass_is_not() -> None:
    room = Class()
    room.fails(0)
    assert room.stuck() == []
    room.fails(0)
    assert room.stuck() == [0]
    room.passes(0)
    assert room.stuck() == []
    room.fails(0, times=3)
    assert room.stuck() == [], "who has passed tries what else there is"


def test_the_worst_comes_first_with_the_belief_and_the_cure() -> None:
    room = Class()
    room.fails(1, times=2)
    room.fails(2, times=5)
    assert room.stuck()[0] == 2
    worst = room.room.stuck(room.now)[0]
    found = misconception_text(str(LESSON.text.exercises[FIRST].misses[MISS].misconception))
    assert found is not None
    assert worst.idea is not None
    assert worst.idea.says == found[1].belief
    assert ".ipynb" in worst.idea.cure
    assert worst.title == LESSON.text.exercises[FIRST].title


def test_what_is_hard_for_everybody_makes_nobody_stuck() -> None:
    room = Class()
    for seat in range(5):
        room.fails(seat, times=3)
    assert room.stuck() == []
    room.fails(4, times=3)
    assert room.stuck() == [4]


def test_a_check_that_was_no_attempt_is_no_failure() -> None:
    room = Class()
    for _ in range(5):
        room.does(0, "check", FIRST, state="not attempted")
    assert room.stuck() == []


def test_long_without_movement_is_stuck_unless_everybody_listens() -> None:
    room = Class()
    for seat in range(5):
        room.fails(seat)
    room.now += QUIET + MINUTE
    room.live()
    assert room.stuck() == [], "nobody moves"
    for seat in range(4):
        room.passes(seat)
    assert room.stuck() == [4]
    assert room.room.stuck(room.now)[0].minutes == (QUIET + MINUTE) // 60


def test_who_went_on_to_another_exercise_is_not_stuck() -> None:
    room = Class()
    room.fails(0, times=4)
    room.passes(0, SECOND)
    assert room.stuck() == []


def test_who_is_stuck_in_another_lesson_than_the_others_is_found() -> None:
    room = Class()
    for seat in range(4):
        room.passes(seat)
    other = lessons()[-1]
    exercise, text = next(iter(other.text.exercises.items()))
    room.fails(4, exercise, times=2, miss=next(iter(text.misses)))
    assert room.room.current_lesson() == LESSON.name
    assert room.stuck() == [4]


def test_who_is_away_is_not_stuck_and_is_named() -> None:
    room = Class()
    room.fails(0, times=4)
    room.now += GONE + 1
    for seat in (1, 2, 3, 4):
        room.room.hear(seat, room.now)
    assert room.stuck() == []
    assert [seat.id for seat in room.room.away(room.now)] == [0]
    assert room.room.hear(0, room.now), "it was away before"
    assert not room.room.hear(0, room.now)


def test_the_commonest_misses_count_learners_and_forget_after_ten_minutes() -> None:
    room = Class()
    other = next(id for id in LESSON.text.exercises[FIRST].misses if id != MISS)
    room.fails(0, times=9, miss=other)
    room.fails(1)
    room.fails(2)
    found = room.room.misses(room.now)
    assert [miss.learners for miss in found] == [2, 1]
    room.now += RECENT + 1
    room.fails(3)
    assert [miss.learners for miss in room.room.misses(room.now)] == [1]


def test_the_misses_of_every_check_have_words_and_unknown_ones_are_left_aside() -> None:
    room = Class()
    room.fails(0, miss="engine.raised")
    room.fails(1, miss="of-another-edition")
    room.fails(2, id="nowhere.at-all")
    (miss,) = room.room.misses(room.now)
    assert "‹call›" in miss.idea.says


def test_every_miss_of_the_course_has_words() -> None:
    room = Class(1)
    for lesson in lessons():
        for id, text in lesson.text.exercises.items():
            for miss in text.misses:
                room.room._missed.clear()
                room.fails(0, id, miss=miss)
                (seen,) = room.room.misses(room.now)
                assert seen.idea.says, (id, miss)


def test_a_poll_shows_nothing_before_it_is_revealed() -> None:
    room = Class()
    for seat, chosen in enumerate([WRONG, WRONG, WRONG, RIGHT]):
        room.does(seat, "prediction", PREDICTION, chosen=[chosen])
    room.does(0, "prediction", PREDICTION, chosen=[RIGHT])
    (poll,) = room.room.polls(OF_PREDICTION, {})
    assert (poll.answers, poll.revealed) == (4, False)
    assert {(bar.count, bar.share, bar.right, bar.why) for bar in poll.bars} == {(None, None, None, "")}
    (poll,) = room.room.polls(OF_PREDICTION, {PREDICTION: True})
    shown = {bar.letter: bar for bar in poll.bars}
    letters = QUESTION.letters
    assert (shown[letters[WRONG]].count, shown[letters[WRONG]].share) == (3, 75), (
        "the first prediction counts"
    )
    assert shown[letters[RIGHT]].right
    assert shown[letters[RIGHT]].why == QUESTION.options[RIGHT].why


def test_hands_come_in_the_order_of_raising() -> None:
    room = Class()
    for seat, at in ((3, 1.0), (1, 2.0), (2, 3.0)):
        place = room.room.places[seat]
        room.room.enter(replace(place.seat, hand="a", hand_at=at, hand_state="up"), room.now)
    room.room.enter(replace(room.room.places[1].seat, hand_state="down"), room.now)
    assert [seat.id for seat in room.room.hands()] == [3, 2]


def test_a_seat_whose_doctor_failed_is_named() -> None:
    room = Class(3)
    for seat, code in ((0, encode([])), (1, encode(["disk", "clock"])), (2, "AAAAA-AAAAA")):
        room.room.enter(replace(room.room.places[seat].seat, doctor=code), room.now)
    ((seat, failed),) = room.room.broken()
    assert (seat.id, set(failed)) == (1, {"disk", "clock"})


def test_who_leaves_is_forgotten() -> None:
    room = Class()
    room.fails(0, times=3)
    room.does(0, "prediction", PREDICTION, chosen=[RIGHT])
    room.room.leave(0)
    assert room.stuck() == []
    assert room.room.misses(room.now) == []
    assert room.room.polls(OF_PREDICTION, {}) == []
    room.fails(0)
    assert 0 not in room.room.places


def test_the_lesson_is_that_of_most_seats() -> None:
    room = Class()
    assert room.room.current_lesson() == lessons()[0].name
    for seat in range(3):
        room.passes(seat)
    other = lessons()[-1]
    room.passes(4, next(iter(other.text.exercises)))
    assert room.room.current_lesson() == LESSON.name
    assert [(column.tried, column.passed) for column in room.room.columns(LESSON)][:2] == [(3, 3), (0, 0)]


@pytest.mark.parametrize("count", [1, 5])
def test_a_board_that_starts_again_shows_the_same(count: int) -> None:
    room = Class(count)
    room.fails(0, times=3)
    room.does(0, "hint", FIRST, number=1)
    room.does(0, "prediction", PREDICTION, chosen=[WRONG])
    seats = [place.seat for place in room.room.places.values()]
    again = Room(seats, room.noted, now=room.now)
    for seat in seats:
        again.hear(seat.id, room.now)
    assert again.stuck(room.now) == room.room.stuck(room.now)
    assert again.misses(room.now) == room.room.misses(room.now)
    assert again.polls(OF_PREDICTION, {}) == room.room.polls(OF_PREDICTION, {})
