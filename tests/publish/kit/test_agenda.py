"""The agenda: everything has its place, or the agenda says what has not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from course.publish.kit.agenda import Agenda, Course, as_measured, clock, plan, to_html, to_ics
from tests.publish.kit.taught import LESSONS


@dataclass
class Lesson:
    number: int
    teach: int
    practise: int
    may_wait: dict[str, float] = field(default_factory=dict)
    exercises: int = 3
    quiz_questions: int = 6

    @property
    def title(self) -> str:
        return f"{self.number:02d} · A & B"

    @property
    def info(self) -> SimpleNamespace:
        return SimpleNamespace(
            lesson=f"lesson_{self.number}", teach_minutes=self.teach, practise_minutes=self.practise
        )


TWO = [Lesson(1, 20, 15, {"Stretch: more": 0.2}), Lesson(2, 30, 25)]


def lines(agenda: Agenda) -> list[tuple[str, int, str]]:
    return [(clock(item.start), item.minutes, item.kind) for item in agenda.items]


def test_teaching_waits_for_after_the_break() -> None:
    agenda = plan(TWO, [60, 60], [10], 9 * 60)
    assert lines(agenda) == [
        ("09:00", 20, "teach"),
        ("09:20", 15, "practise"),
        ("09:35", 25, "spare"),
        ("10:00", 10, "break"),
        ("10:10", 30, "teach"),
        ("10:40", 25, "practise"),
        ("11:05", 5, "spare"),
    ]
    assert agenda.fits
    assert agenda.verdict() == ["Everything fits: 90 of 120 minutes are planned."]


def test_practice_goes_on_after_the_break() -> None:
    agenda = plan(TWO, [75, 75], [10])
    assert [(item.kind, item.minutes) for item in agenda.items if "02" in item.title] == [
        ("teach", 30),
        ("practise", 10),
        ("practise", 15),
    ]
    assert "goes on" in agenda.items[-2].title


def test_what_does_not_fit_is_named() -> None:
    agenda = plan([*TWO, Lesson(3, 40, 5), Lesson(4, 5, 0)], [80], [15])
    assert [each.title[:2] for each in agenda.shortened] == ["02"]
    assert [title[:2] for title, _ in agenda.left_out] == ["03", "04"], "4 builds on 3: not before it"
    said = str(agenda)
    assert (
        "This does not fit: the lessons need 140 minutes, the slots hold 80. 60 minutes are missing." in said
    )
    assert "Shortened: 02 · A & B has 15 of 25 minutes of practice; the rest is homework." in said
    assert "Left out: 03 · A & B (45 minutes)." in said


def test_enough_minutes_but_breaks_in_the_way() -> None:
    agenda = plan([Lesson(1, 40, 0), Lesson(2, 40, 0)], [60, 30], [5])
    assert [title[:2] for title, _ in agenda.left_out] == ["02"]
    assert "nobody explains across a break" in agenda.verdict()[0]


def test_teaching_longer_than_any_slot_is_torn() -> None:
    agenda = plan([Lesson(1, 50, 0)], [30, 30], [5])
    assert agenda.fits
    assert [item.minutes for item in agenda.items if item.kind == "teach"] == [30, 20]


def test_what_to_cut_first_and_what_it_saves() -> None:
    agenda = plan(TWO, [120], [])
    assert "“Stretch: more”" in str(agenda.late[0])
    assert "The quiz" in str(agenda.late[1])
    assert [cut.saves for cut in agenda.late] == [
        round(0.2 * 35),
        6,
        round(15 * 2 / 3 - 0.2 * 35 + 25 * 2 / 3),
    ]
    assert "Saves about 7 minutes." in str(agenda)
    assert "Saves about 7 minutes." in to_html(agenda)
    assert "Keep the predictions" in str(agenda).splitlines()[-1]


def test_the_parts_of_a_lesson_share_its_minutes() -> None:
    for lesson in LESSONS:
        shares = lesson.may_wait.values()
        assert all(0 < share < 1 for share in shares)
        assert sum(shares) < 1
        assert lesson.exercises
    assert any(lesson.may_wait for lesson in LESSONS)


def test_arrival_comes_first_and_takes_its_minutes() -> None:
    agenda = plan(TWO, [60, 60], [10], arrival=15)
    assert lines(agenda)[:2] == [("09:00", 15, "arrive"), ("09:15", 20, "teach")]
    assert agenda.available == 105
    with pytest.raises(ValueError, match="Arrival takes 60 minutes, and the first slot has 60"):
        plan(TWO, [60], [], arrival=60)


def test_measured_minutes_replace_the_planned_ones() -> None:
    agenda = plan(as_measured(TWO, {"lesson_1": 70.4, "lesson_9": 5}), [180], [])
    assert [(item.kind, item.minutes) for item in agenda.items[:4]] == [
        ("teach", 40),
        ("practise", 30),
        ("teach", 30),
        ("practise", 25),
    ]
    assert agenda.late[0].saves == 14
    assert as_measured(TWO, {}) == TWO


def test_only_a_lesson_without_a_place_is_impossible() -> None:
    assert plan(TWO, [120], []).possible
    assert plan(TWO, [80], []).possible, "shortened"
    assert not plan(TWO, [50], []).possible


@pytest.mark.parametrize(("slots", "breaks"), [([], [15]), ([0], [15]), ([60, 60, 60], [15, 15, 15])])
def test_nonsense_is_refused(slots: list[int], breaks: list[int]) -> None:
    with pytest.raises(ValueError, match=r"slot|breaks"):
        plan(TWO, slots, breaks)


@given(
    lessons=st.lists(st.tuples(st.integers(1, 60), st.integers(0, 60)), max_size=6),
    slots=st.lists(st.integers(1, 120), min_size=1, max_size=5),
    pause=st.integers(0, 30),
)
def test_no_minute_is_lost_or_given_twice(
    lessons: list[tuple[int, int]], slots: list[int], pause: int
) -> None:
    agenda = plan([Lesson(n, *minutes) for n, minutes in enumerate(lessons)], slots, [pause])
    now = 9 * 60
    for item in agenda.items:
        assert item.start == now
        assert item.minutes > 0
        now = item.end
    worked = sum(item.minutes for item in agenda.items if item.kind != "break")
    assert worked == sum(slots)
    used = sum(item.minutes for item in agenda.items if item.kind in ("teach", "practise"))
    missing = sum(minutes for _, minutes in agenda.left_out)
    missing += sum(each.wanted - each.given for each in agenda.shortened)
    assert used + missing == agenda.needed
    assert agenda.fits == (missing == 0)


def test_calendar_floats() -> None:
    agenda = plan(TWO, [60, 60], [10], 9 * 60)
    ics = to_ics(agenda, dt.date(2030, 3, 31), now=dt.datetime(2030, 1, 1, tzinfo=dt.UTC))
    assert ics == to_ics(agenda, dt.date(2030, 3, 31), now=dt.datetime(2030, 1, 1, tzinfo=dt.UTC))
    assert b"\r\nDTSTART:20300331T090000\r\n" in ics, "no Z, no TZID: the clock on the wall"
    assert b"\r\nDTSTAMP:20300101T000000Z\r\n" in ics
    assert all(len(line) <= 75 for line in ics.split(b"\r\n"))
    events = Calendar.from_ical(ics).walk("VEVENT")
    assert len(events) == len(agenda.items)
    assert len({str(event["uid"]) for event in events}) == len(events)
    assert [int((event.end - event.start).total_seconds()) // 60 for event in events] == [
        item.minutes for item in agenda.items
    ]


COURSE = Course("Tasks at ACME", "Room 7, Main St", dt.date(2030, 3, 31))


def test_an_event_keeps_its_uid_when_it_is_moved() -> None:
    def uids(day: dt.date, start: int, course: Course) -> list[str]:
        agenda = plan(TWO, [75, 75], [10], start, course=course)
        return [str(event["uid"]) for event in Calendar.from_ical(to_ics(agenda, day)).walk("VEVENT")]

    first = uids(dt.date(2030, 3, 31), 540, COURSE)
    assert len(set(first)) == len(first)
    assert uids(dt.date(2030, 4, 1), 600, COURSE) == first
    unnamed = uids(dt.date(2030, 3, 31), 540, Course())
    assert uids(dt.date(2030, 3, 31), 600, Course()) == unnamed
    assert not set(unnamed) & set(first)
    assert not set(unnamed) & set(uids(dt.date(2030, 4, 1), 540, Course())), "another class, perhaps"


def test_a_time_zone_with_its_rules() -> None:
    agenda = plan(TWO, [60, 60], [10], course=COURSE)
    ics = to_ics(agenda, dt.date(2030, 3, 31), zone=ZoneInfo("Europe/Berlin"))
    assert b"DTSTART;TZID=Europe/Berlin:20300331T090000" in ics
    assert b"BEGIN:VTIMEZONE" in ics
    calendar = Calendar.from_ical(ics)
    event = calendar.walk("VEVENT")[0]
    assert event.start.astimezone(dt.UTC).hour == 7, "summer time began that night"
    assert str(event["location"]) == "Room 7, Main St"
    assert str(calendar["x-wr-calname"]) == "Tasks at ACME"
    assert "Tasks at ACME, 2030-03-31, Room 7, Main St" in to_html(agenda)
    assert str(agenda).startswith("Tasks at ACME, 2030-03-31, Room 7, Main St\n")


def test_page_says_it_all_and_fetches_nothing() -> None:
    agenda = plan(TWO, [60], [10])
    html = to_html(agenda)
    assert "01 · A &amp; B" in html
    assert "09:00–09:20" in html
    assert "Left out: 02" in html
    assert "http" not in html
