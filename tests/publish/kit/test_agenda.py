"""The agenda: everything has its place, or the agenda says what has not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from course.publish.kit.agenda import Agenda, clock, plan, to_html, to_ics


@dataclass
class Lesson:
    number: int
    teach: int
    practise: int
    may_wait: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return f"{self.number:02d} · A & B"

    @property
    def info(self) -> SimpleNamespace:
        return SimpleNamespace(number=self.number, teach_minutes=self.teach, practise_minutes=self.practise)


TWO = [Lesson(1, 20, 15, ("Stretch: more",)), Lesson(2, 30, 25)]


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


def test_what_to_cut_first() -> None:
    agenda = plan(TWO, [120], [])
    assert "“Stretch: more”" in agenda.late[0]
    assert "The quiz" in agenda.late[1]
    assert "Keep the predictions" in str(agenda).splitlines()[-1]


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


def test_page_says_it_all_and_fetches_nothing() -> None:
    agenda = plan(TWO, [60], [10])
    html = to_html(agenda)
    assert "01 · A &amp; B" in html
    assert "09:00–09:20" in html
    assert "Left out: 02" in html
    assert "http" not in html
