"""The server: who is let in, how much, and that nothing that comes from a seat does harm on the page."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import threading
import unicodedata
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from course import serve
from course.classroom import names
from course.classroom.board import Address, create_app
from course.classroom.guard import Buckets
from course.classroom.live import Live
from course.classroom.outbox import NotReached
from course.classroom.store import Store, to_csv
from course.classroom.wire import LARGEST, Enter, Join
from course.practice import lessons
from course.seat import encode
from tests.classroom.conftest import HOSTILE, Board, Clock, Seated

HERE = {"Origin": "http://127.0.0.1"}
LESSON = next(each for each in lessons() if len(each.text.exercises) > 2)
EXERCISE = next(iter(LESSON.text.exercises))
MISS = next(id for id, miss in LESSON.text.exercises[EXERCISE].misses.items() if miss.misconception)


def test_five_learners_and_the_stuck_one_is_found_with_the_reason(board: Board, seated: Seated) -> None:
    learners = [seated(name) for name in ("Ada", "Bob", "Cleo", "Dan", "Eve")]
    for learner in learners[:4]:
        learner.journal.add("check", EXERCISE, state="passed")
        learner.send()
    for _ in range(2):
        learners[4].fails(EXERCISE, MISS)
    learners[4].send()
    parts = board.parts()
    assert "Eve" in parts["b-stuck"]
    assert 'class="belief"' in parts["b-stuck"]
    assert "Ada" not in parts["b-stuck"]
    assert "2 failed checks" in parts["b-row-5"]
    assert "Eve" not in "".join(html for name, html in parts.items() if name.startswith("p-"))


# ---- who is let in


@pytest.mark.parametrize("path", ["/board/", "/board/projector", "/board/stream?view=b"])
def test_pages_are_for_the_instructor(board: Board, path: str) -> None:
    assert board.client.get(path).status_code == 403
    assert board.client.get("/open/wrong").status_code == 404
    assert (
        board.client.get(
            path, headers={"Cookie": f"class-board-{board.live.found.id}=é".encode()}
        ).status_code
        == 403
    )


def test_the_link_becomes_a_cookie_that_scripts_and_other_sites_cannot_use(board: Board) -> None:
    answer = board.client.get(f"/open/{board.live.found.secret}")
    assert {"httponly", "samesite=strict"} <= set(answer.headers["set-cookie"].lower().split("; "))
    assert board.live.found.secret not in answer.headers["set-cookie"]
    assert board.live.found.secret not in board.client.get("/board/").text


@pytest.mark.parametrize("form", ["hand", "reveal", "timer", "lesson"])
def test_a_form_of_another_page_is_refused(board: Board, form: str) -> None:
    board.enter()
    for origin in (
        {},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1.evil"},
    ):
        answer = board.client.post(f"/board/{form}", data={"minutes": 5}, headers=origin)
        assert answer.status_code == 403
    board.client.cookies.clear()
    assert board.form(form, minutes=5) == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "[::1", "127.0.0.1@evil.example"]
)
def test_another_name_is_refused(board: Board, host: str) -> None:
    assert board.client.get("/", headers={"Host": host}).status_code == 421


def test_every_answer_forbids_what_no_page_needs(board: Board) -> None:
    board.enter()
    for path in ("/", "/board/", "/board/projector", "/static/board.js", "/nowhere", "/api/sync"):
        policy = board.client.get(path).headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in policy
    for path in ("/", "/board/", "/board/projector"):
        page = board.client.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|javascript:|<style|\sstyle=", page)
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page), "nothing from elsewhere"


def test_wrong_codes_are_limited(board: Board) -> None:
    def ask(code: str) -> int:
        asked = Join(code=code, token="ab" * 32)
        return int(board.client.post("/api/join", json=asked.model_dump(exclude_none=True)).status_code)

    wrong = "calm-crane-0000" if board.live.found.code != "calm-crane-0000" else "calm-crane-0001"
    assert [ask(wrong) for _ in range(7)] == [400] * 5 + [429] * 2
    assert ask(board.live.found.code) == 429, "else one could go on guessing"
    board.clock.now += 60
    assert ask(board.live.found.code) == 200
    assert len(names.ADJECTIVES) == len(set(names.ADJECTIVES)) == 64
    assert len(names.ANIMALS) == len(set(names.ANIMALS)) == 64


def test_a_bucket_fills_with_time_and_forgets_who_is_long_gone() -> None:
    bucket = Buckets(rate=1.0, burst=2)
    for key in range(30_000):
        bucket.take(key, key * 10.0)
    assert len(bucket._filled) <= 10_000
    bucket.take("a", 0.0)
    bucket.take("a", 0.0)
    assert bucket.wait("a", 0.0) == 1.0
    assert bucket.wait("a", -1000.0) == 1.0, "a clock that is set back opens nothing"
    assert bucket.wait("a", 1.0) == 0.0


def test_a_seat_that_sends_without_end_is_slowed_down(board: Board, seated: Seated) -> None:
    ada = seated("Ada")
    found = ada.box.membership()
    assert found is not None
    head = {"Authorization": f"Bearer {found.token}"}
    answers = [
        board.client.post("/api/sync", json={"sent": "2030-01-01T00:00:00Z"}, headers=head) for _ in range(40)
    ]
    assert [answer.status_code for answer in answers].count(200) == 30
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_a_body_that_is_too_large_is_refused(board: Board) -> None:
    assert board.client.post("/api/sync", content=b"x" * (LARGEST + 1)).status_code == 413

    def pieces() -> Any:
        for _ in range(100):
            yield b'{"events": [' + b" " * 1000

    answer = board.client.post("/api/join", content=pieces(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer x", "Bearer " + "x" * 150, "Basic YTpi"])
def test_who_has_no_seat_is_refused(board: Board, token: str) -> None:
    for what in ("sync", "leave"):
        answer = board.client.post(
            f"/api/{what}", json={"sent": "2030-01-01T00:00:00Z"}, headers={"Authorization": token}
        )
        assert answer.status_code == 401


def test_nobody_reads_what_is_not_listed(board: Board, seated: Seated) -> None:
    ada = seated("Ada")
    found = ada.box.membership()
    assert found is not None
    event = {"key": "0" * 32, "at": "2030-01-01T00:00:00Z", "kind": "check", "id": "after.welcome"}
    for more in (
        {"code": "print(1)"},
        {"miss": "<b>"},
        {"id": "x" * 200},
        {"number": 10**30},
        {"chosen": ["a"] * 99},
    ):
        answer = board.client.post(
            "/api/sync",
            json={"sent": "2030-01-01T00:00:00Z", "events": [event | more]},
            headers={"Authorization": f"Bearer {found.token}"},
        )
        assert answer.status_code == 422
    assert board.stored() == []


# ---- names that want to do harm


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_is_rendered_harmless(board: Board, seated: Seated, name: str) -> None:
    shown = seated(name).name
    assert 0 < len(shown) <= names.LONGEST
    assert not [each for each in shown if unicodedata.category(each)[0] == "C"]
    board.enter()
    page = board.client.get("/board/").text
    assert not re.search(r"<(script(?! src=\"\.\./static)|img|b>)", page)
    assert "49" not in board.parts()["b-row-1"]
    seats = board.live.store.seats(board.live.found.id)
    assert [seat.name for seat in seats] == [shown]
    assert names.no_formula(shown)[0] not in "=+-@|%\t\r"


def test_a_formula_stays_text_in_the_table(board: Board, seated: Seated) -> None:
    learner = seated("=1+1")
    learner.fails(EXERCISE, MISS)
    learner.send()
    seats = board.live.store.seats(board.live.found.id)
    rows = [*csv.reader(io.StringIO(to_csv(seats, board.live.store.events(1), {})))]
    assert rows[1][0] == "'=1+1"
    assert rows[1][2:5] == [EXERCISE, "not yet", "1"]


def test_a_name_that_is_nothing_gets_a_made_up_one_and_two_alike_get_numbers(seated: Seated) -> None:
    assert re.fullmatch(r"[A-Z][a-z]+ \d+", seated("\u202e\x00").name)
    assert [seated(name).name for name in ("Ada", "ADA ", "ada\u200b")] == ["Ada", "ADA 2", "ada 3"]


# ---- what the instructor does


def test_the_timer_runs_in_every_notebook(board: Board, seated: Seated) -> None:
    ada = seated("Ada")
    board.enter()
    assert board.form("timer", minutes=5) == 303
    board.clock.now += 60
    ada.send()
    found = ada.box.membership()
    assert found is not None
    assert found.status.timer == 240
    board.form("timer", minutes=5, stop="yes")
    ada.send()
    found = ada.box.membership()
    assert found is not None
    assert found.status.timer is None


def test_a_poll_is_revealed_and_hidden_again(board: Board, seated: Seated) -> None:
    id, question = next(
        (id, question)
        for lesson in lessons()
        for id, question in lesson.text.questions.items()
        if question.kind == "prediction"
    )
    ada = seated("Ada")
    ada.journal.add("prediction", id, chosen=[min(question.right)], right=True)
    ada.send()
    board.enter()
    assert "<meter" not in board.parts()["b-polls"] + board.parts()["p-polls"]
    board.form("reveal", poll=id, revealed="yes")
    assert "<meter" in board.parts()["p-polls"]
    assert "✔" in board.parts()["p-polls"]
    board.form("reveal", poll=id)
    assert "<meter" not in board.parts()["b-polls"] + board.parts()["p-polls"]


def test_what_the_instructor_sets_survives_a_restart(board: Board, seated: Seated) -> None:
    seated("Ada")
    board.enter()
    board.form("timer", minutes=5)
    board.form("lesson", lesson=LESSON.name)
    code, secret, cookies = board.live.found.code, board.live.found.secret, dict(board.client.cookies)
    board.stop()
    board.start()
    assert (board.live.found.code, board.live.found.secret) == (code, secret)
    assert board.live.left(board.clock()) == 300
    assert board.live.lesson().name == LESSON.name
    board.client.cookies.update(cookies)
    assert board.client.get("/board/").status_code == 200, "the cookie still counts"


def test_a_seat_whose_doctor_failed_is_on_the_page(board: Board) -> None:
    asked = Join(code=board.live.found.code, token="cd" * 32, name="Ada", doctor=encode(["disk"]))
    board.client.post("/api/join", json=asked.model_dump(exclude_none=True))
    assert "disk" in board.parts()["b-seats"]


@pytest.mark.parametrize(
    "fault",
    [
        OperationalError("INSERT", {}, Exception("database or disk is full")),
        OSError(28, "full"),
        MemoryError(),
    ],
    ids=["database", "disk", "memory"],
)
def test_a_store_that_cannot_be_written_is_told_to_the_seat_and_nothing_is_lost(
    board: Board, seated: Seated, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def full(_: object) -> Any:
        raise fault

    ada = seated("Ada")
    ada.fails(EXERCISE, MISS)
    with monkeypatch.context() as patch:
        patch.setattr(board.live.store, "add", full)
        with pytest.raises(NotReached) as refused:
            ada.send()
    assert refused.value.after == 2
    ada.send()
    assert board.stored() == [("Ada", EXERCISE, MISS)]


@pytest.mark.parametrize("jump", [-5e6, -3600, 3600, 5e6])
def test_a_clock_that_is_set_changes_no_order(board: Board, seated: Seated, jump: float) -> None:
    ada = seated("Ada")
    ada.fails(EXERCISE, "one")
    ada.send()
    board.clock.now += jump
    ada.fails(EXERCISE, "two")
    ada.fails(EXERCISE, "three")
    ada.send()
    assert [miss for _, _, miss in board.stored()] == ["one", "two", "three"]


# ---- drawing


def test_seats_are_served_while_the_pages_are_drawn(tmp_path: Any) -> None:
    """The loop is free before each row; who leaves meanwhile is not drawn."""
    store = Store(f"sqlite:///{(tmp_path / 'classes.sqlite3').as_posix()}")

    async def draw() -> tuple[int, int, int, str]:
        live = Live(store, store.open("Tuesday", 0.0), clock=Clock())
        seats = [await live.join(Enter(token=f"{number:064x}"), f"Seat {number}") for number in range(50)]
        drawing, turns = asyncio.create_task(live.draw()), 0
        while not drawing.done():
            await asyncio.sleep(0)
            turns += 1
            if turns == 20:
                live.room.leave(seats[-1].id)
        return turns, seats[0].id, seats[-1].id, live.page("board", lessons=[], chosen="", words="", qr="")

    turns, stays, leaves, page = asyncio.run(draw())
    store.close()
    assert turns > 50
    assert f'id="b-row-{stays}"' in page
    assert f'id="b-row-{leaves}"' not in page


# ---- the stream


def test_a_page_gets_what_has_changed_and_goes_on_where_it_was(tmp_path: Any) -> None:
    """On a real server: a stream has no end."""
    store = Store(f"sqlite:///{(tmp_path / 'classes.sqlite3').as_posix()}")
    live = Live(store, store.open("Tuesday", 0.0), clock=Clock())
    with serve(create_app(live, Address("http://127.0.0.1", ("127.0.0.1",)))) as server:
        base = str(server.client.base_url)
        with httpx.Client(base_url=base, timeout=60) as client:
            client.get(f"/open/{live.found.secret}")
            first = _read(client)
            assert {"b-stuck", "b-hands", "b-head"} <= set(first.parts)
            join = Join(code=live.found.code, token="ab" * 32, name="Ada").model_dump(exclude_none=True)
            joined = threading.Thread(target=lambda: httpx.post(f"{base}/api/join", json=join, timeout=60))
            joined.start()
            second = _read(client, first.mark)
            joined.join()
            while "b-row-1" not in second.parts:
                second = _read(client, second.mark)
            assert "b-stuck" not in second.parts, "only what has changed"
            assert "b-stuck" in _read(client, "otherboot-9").parts, "the board was started again: all of it"
            assert set(_read(client, view="p").parts) == {"p-timer", "p-polls", "p-done"}
    store.close()


class _Message:
    def __init__(self, mark: str, parts: dict[str, str]) -> None:
        self.mark, self.parts = mark, parts


def _read(client: httpx.Client, seen: str = "", view: str = "b") -> _Message:
    """The first message of a stream."""
    import json

    mark, head = "", {"Last-Event-ID": seen} if seen else {}
    with client.stream("GET", f"/board/stream?view={view}", headers=head) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if line.startswith("id: "):
                mark = line[4:]
            if line.startswith("data: "):
                parts = dict(json.loads(line[6:]))
            if not line and mark:
                return _Message(mark, parts)
    raise AssertionError("the stream has ended")


def test_a_board_ends_although_there_is_news_at_that_moment(board: Board) -> None:
    """A cancellation that comes together with news is not lost: the server would wait for ever."""

    async def end() -> bool:
        drawing = asyncio.create_task(board.live._draw_again_and_again())
        while len(board.live._news._waiters) < 2:  # until this one and the board's own have nothing to draw
            await asyncio.sleep(0.01)
        board.live._news.set()
        drawing.cancel()
        await asyncio.wait([drawing], timeout=20)
        ended = drawing.done()
        drawing.cancel()
        return ended

    assert board.client.portal.call(end)
