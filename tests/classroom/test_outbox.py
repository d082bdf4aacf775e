"""The learner's side: what is sent, that nothing is lost or doubled, and that it disturbs nobody."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from course.classroom import join, learner, leave, outbox, raise_hand
from course.classroom.learner import CannotJoin, read_words
from course.classroom.outbox import Membership, NotReached, Outbox
from course.practice import Journal, answer, journal
from tests.classroom.conftest import Board, Seated

LISTED = {"key", "at", "kind", "id", "state", "miss", "number", "chosen", "right"}


class Wire:
    """Stands for the network: notes each message, and does to it what the test says."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.sent: list[Any] = []
        self._answers = list(answers)

    def __call__(self, board: str) -> httpx.Client:
        return httpx.Client(base_url=board, transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(json.loads(request.content))
        answer = self._answers.pop(0) if self._answers else httpx.Response(200, json={})
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def events(self) -> list[Any]:
        return [event for message in self.sent for event in message["events"]]


def member(folder: Path, wire: Wire, **more: Any) -> Outbox:
    box = Outbox(folder, wire)
    (folder / ".course").mkdir(parents=True, exist_ok=True)
    said = {"board": "http://board/", "token": "ab" * 32, "name": "Otter 7", "class_name": "Tuesday"}
    box.store(Membership(**{**said, **more}))
    return box


def journal_of(folder: Path) -> Journal:
    return Journal(folder / ".course" / "journal.jsonl")


def test_nothing_but_the_listed_fields_is_sent(tmp_path: Path) -> None:
    wire = Wire()
    box, own = member(tmp_path, wire), journal_of(tmp_path)
    own.add("check", "after.welcome", state="not yet", miss="inline")
    own.add("hint", "after.welcome", number=1)
    own.add("prediction", "after.order", chosen=["a"], right=True)
    with own.path.open("a", encoding="utf-8") as file:
        line = json.loads(own.path.read_text("utf-8").splitlines()[0])
        file.write(json.dumps({**line, "code": "print('mine')", "output": "mine", "path": "/home/me"}) + "\n")
    assert not box.step() or not box.step()
    assert len(wire.events) == 4
    assert {name for event in wire.events for name in event} == LISTED
    assert set().union(*wire.sent) == {"sent", "events"}
    assert "mine" not in json.dumps(wire.sent)
    assert "/home" not in json.dumps(wire.sent)


@pytest.mark.parametrize(
    "line",
    [
        b'{"v":1,"at":"2030-01-01T00:00:00Z","kind":"check","id":"x.y","miss":"<script>"}',
        b'{"v":1,"at":"2030-01-01T00:00:00Z","kind":"typed","id":"x.y"}',
        b'{"v":1,"at":"2030-01-01T00:00:00Z","kind":"check","id":"/etc/passwd"}',
        b'{"v":1,"at":"2030-01-01T00:00:00Z","kind":"check","id":"x.y","state":"my code"}',
        b'{"v":1,"at":"2030-01-01T00:00:00Z","kind":"ch',
        b"\x00\xff",
        b"x" * 300_000,
    ],
)
def test_what_is_not_an_entry_is_not_sent_and_stops_nothing(tmp_path: Path, line: bytes) -> None:
    wire = Wire()
    box, own = member(tmp_path, wire), journal_of(tmp_path)
    own.add("check", "after.welcome", state="passed")
    with own.path.open("ab") as file:
        file.write(line + b"\n")
    own.add("check", "after.thread", state="passed")
    while box.step():
        pass
    assert [event["id"] for event in wire.events] == ["after.welcome", "after.thread"]


def test_a_line_that_is_not_whole_yet_waits(tmp_path: Path) -> None:
    wire = Wire()
    box, own = member(tmp_path, wire), journal_of(tmp_path)
    own.add("check", "after.welcome", state="passed")
    whole = own.path.read_bytes()
    own.path.write_bytes(whole + whole[:30])
    assert [box.step(), box.step()] == [True, False]
    own.path.write_bytes(whole + whole)
    box.step()
    assert [event["id"] for event in wire.events] == ["after.welcome"] * 2
    assert len({event["key"] for event in wire.events}) == 2, (
        "the same words at another place are another event"
    )


@pytest.mark.parametrize(
    "fault",
    [
        httpx.ConnectError("down"),
        httpx.ReadTimeout("the answer was lost"),
        httpx.Response(503, headers={"Retry-After": "2"}),
        httpx.Response(500, text="<html>"),
        httpx.Response(400, text="<html>"),
        httpx.Response(422, json={"detail": "of a proxy"}),
        httpx.Response(200, text="<html>a portal of the wireless network</html>"),
        httpx.Response(302, headers={"Location": "http://portal/"}),
    ],
    ids=["down", "lost", "busy", "error", "proxy", "another-proxy", "portal", "redirect"],
)
def test_what_is_not_acknowledged_is_sent_again_with_the_same_key(tmp_path: Path, fault: Any) -> None:
    wire = Wire(fault)
    box = member(tmp_path, wire)
    journal_of(tmp_path).add("check", "after.welcome", state="passed")
    with pytest.raises(NotReached):
        box.step()
    again = Outbox(tmp_path, wire)  # days later, in another process
    again.step()
    assert len({event["key"] for event in wire.events}) == 1
    assert len(wire.events) == 2
    again.step()
    assert len(wire.events) == 2


def test_an_event_that_the_board_refuses_keeps_none_of_the_others_back(tmp_path: Path) -> None:
    """A board of another edition may know less."""
    fault = {"detail": [{"loc": ["body", "events", 1, "kind"]}]}
    wire = Wire(httpx.Response(422, json=fault))
    box, own = member(tmp_path, wire), journal_of(tmp_path)
    for exercise in ("after.one", "after.two", "after.three"):
        own.add("check", exercise, state="passed")
    while box.step():
        pass
    assert [event["id"] for event in wire.sent[-1]["events"]] == ["after.one", "after.three"]


def test_another_journal_is_sent_from_its_beginning(tmp_path: Path) -> None:
    wire = Wire()
    box, own = member(tmp_path, wire), journal_of(tmp_path)
    for _ in range(3):
        own.add("check", "after.welcome", state="passed")
    box.step()
    own.path.unlink()
    own.add("check", "after.thread", state="passed")
    box.step()
    assert [event["id"] for event in wire.events][3:] == ["after.thread"]


def test_lost_answers_double_nothing(board: Board, seated: Seated) -> None:
    ada = seated("Ada")
    ada.fails("after.welcome", "inline")
    before = ada.box.membership()
    assert before is not None
    ada.send()
    ada.box.store(before)  # the process died before it noted the answer
    ada.fails("after.welcome", "in-a-thread")
    ada.send()
    assert board.stored() == [("Ada", "after.welcome", "inline"), ("Ada", "after.welcome", "in-a-thread")]


def test_what_happened_while_the_board_was_away_arrives_days_later(board: Board, seated: Seated) -> None:
    ada = seated("Ada")
    board.stop()
    for number in range(250):
        ada.fails("after.welcome", f"miss-{number}")
    board.clock.now += 3 * 86_400
    board.start()
    ada.send()
    assert [miss for _, _, miss in board.stored()] == [f"miss-{number}" for number in range(250)]


def test_a_damaged_membership_is_no_membership(tmp_path: Path) -> None:
    box = member(tmp_path, Wire())
    box.file.write_text("{")
    assert box.membership() is None
    assert not box.step()


# ---- what learners call


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "workspace"
    monkeypatch.setenv("COURSE_WORKSPACE", str(folder))
    monkeypatch.setattr(learner, "keep_sending", lambda: None)
    monkeypatch.setattr(learner, "_tokens", {})
    return folder


@pytest.fixture
def reached(board: Board, monkeypatch: pytest.MonkeyPatch) -> Board:
    """Every address leads to the board."""

    class Kept:
        def __init__(self, _: str) -> None: ...

        def __getattr__(self, name: str) -> Any:
            return getattr(board.client, name)

        def __enter__(self) -> Any:
            return board.client

        def __exit__(self, *_: object) -> None: ...

        def close(self) -> None: ...

    monkeypatch.setattr(outbox, "_client", Kept)
    return board


def test_join_says_first_what_is_sent(workspace: Path, reached: Board, capsys: Any) -> None:
    text = repr(join(f"{reached.live.found.code}@127.0.0.1"))
    said = capsys.readouterr().out
    assert "Never your code" in said
    (seat,) = reached.live.room.places.values()
    assert seat.seat.name in text
    assert seat.seat.name.rstrip("0123456789 ").istitle(), "a made-up name"


def test_joining_twice_makes_one_seat_and_loses_nothing(workspace: Path, reached: Board) -> None:
    words = f"{reached.live.found.code}@127.0.0.1"
    join(words, "Ada")
    journal_of(workspace).add("check", "after.welcome", state="passed")
    assert "called Ada" in repr(join(words, "Bob"))
    Outbox(workspace).step()
    assert reached.stored() == [("Ada", "after.welcome", None)]


def test_what_was_done_before_joining_stays_here(workspace: Path, reached: Board) -> None:
    journal_of(workspace).add("check", "after.welcome", state="passed")
    join(f"{reached.live.found.code}@127.0.0.1")
    Outbox(workspace).step()
    assert reached.stored() == []


def test_leave_deletes_what_was_sent(workspace: Path, reached: Board) -> None:
    join(f"{reached.live.found.code}@127.0.0.1", "Ada")
    journal_of(workspace).add("check", "after.welcome", state="passed")
    Outbox(workspace).step()
    assert "You have left" in repr(leave())
    assert reached.stored() == []
    assert reached.live.room.places == {}
    assert "no class" in repr(raise_hand())


def test_who_leaves_while_the_board_is_away_is_deleted_later(workspace: Path, reached: Board) -> None:
    join(f"{reached.live.found.code}@127.0.0.1", "Ada")
    client, wire = reached.client, Wire(httpx.ConnectError("down"))
    reached.client = wire("http://board/")
    assert "as soon as" in repr(leave())
    reached.client = client
    Outbox(workspace).step()
    assert reached.live.room.places == {}


def test_a_hand_goes_up_and_the_learner_sees_who_comes(workspace: Path, reached: Board) -> None:
    join(f"{reached.live.found.code}@127.0.0.1", "Ada")
    assert repr(raise_hand()) == "Your hand is up."
    (place,) = reached.live.room.places.values()
    assert [seat.name for seat in reached.live.room.hands()] == ["Ada"]
    reached.enter()
    assert reached.form("hand", seat=place.seat.id, state="coming") == 303
    box = Outbox(workspace)
    box.step()
    found = box.membership()
    assert found is not None
    assert found.status.hand == "coming"
    reached.form("hand", seat=place.seat.id, state="down")
    box.step()
    box.step()
    assert reached.live.room.hands() == []
    raise_hand()
    assert len(reached.live.room.hands()) == 1, "it can be raised again"
    raise_hand(False)
    assert reached.live.room.hands() == []


@pytest.mark.parametrize(
    "words", ["", "hello", "blue-otter@x", "blue-otter-4207", "blue-otter-4207@", "a b@c", "x" * 9999]
)
def test_words_of_another_form_are_told_of(words: str) -> None:
    with pytest.raises(CannotJoin, match=r"blue-otter-4207@192\.168\.1\.20:8765"):
        read_words(words)


@pytest.mark.parametrize(
    ("words", "board"),
    [
        ("blue-otter-4207@192.168.1.20", "http://192.168.1.20:8765/"),
        (" Blue-Otter-4207@laptop.local:80 ", "http://laptop.local/"),
        ("blue-otter-4207@https://hub.example.org/services/board", "https://hub.example.org/services/board/"),
    ],
)
def test_words_lead_to_a_board(words: str, board: str) -> None:
    assert read_words(words) == (board, "blue-otter-4207")


def test_wrong_words_are_answered_not_raised(workspace: Path, reached: Board) -> None:
    wrong = "calm-crane-0000" if reached.live.found.code != "calm-crane-0000" else "calm-crane-0001"
    assert "does not know these words" in repr(join(f"{wrong}@127.0.0.1"))
    assert "look like" in repr(join("hello"))
    assert Outbox(workspace).membership() is None


def test_a_workspace_that_cannot_be_written_is_told_of(workspace: Path, reached: Board) -> None:
    workspace.write_text("a file where the folder should be")
    for said in (join(f"{reached.live.found.code}@127.0.0.1"), leave(), raise_hand()):
        assert "cannot be written" in repr(said)


# ---- it disturbs nobody


def test_who_joins_again_does_not_wait_until_the_old_class_would_be_asked_again(tmp_path: Path) -> None:
    """The board did not know the seat, and is left alone for a minute."""
    tried, answered = threading.Event(), threading.Event()
    box = member(tmp_path, Wire())

    def step() -> bool:
        found = box.membership()
        if found is not None and found.token.startswith("cd"):
            answered.set()
            return False
        tried.set()
        raise NotReached("the class was closed", after=3600)

    box.step = step  # type: ignore[method-assign]
    stop = threading.Event()
    sender = threading.Thread(target=box.run, args=(stop,), daemon=True)
    sender.start()
    assert tried.wait(60)
    with box.changing() as found:
        assert found is not None
        found.token = "cd" * 32
    assert answered.wait(60)
    stop.set()
    sender.join()


def test_a_board_that_never_answers_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    monkeypatch.setenv("COURSE_WORKSPACE", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        box = Outbox(tmp_path)
        (tmp_path / ".course").mkdir()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        box.store(Membership(board=address, token="ab" * 32, name="Ada", class_name="Tuesday"))
        stop = threading.Event()
        sender = threading.Thread(target=box.run, args=(stop,), daemon=True)
        sender.start()
        accepted, _ = silent.accept()
        accepted.recv(1)  # it is being asked, and will not answer
        answer("start.lanes", "a")
        assert len(journal().entries()) == 1
        stop.set()
        accepted.close()
        sender.join()
    assert capfd.readouterr() == ("", "")


def test_the_thread_sends_what_comes_and_stops(tmp_path: Path) -> None:
    all_there = threading.Event()
    wire = Wire(httpx.ConnectError("down"))
    box, own = member(tmp_path, wire), journal_of(tmp_path)
    before = box.to

    def to(board: str) -> httpx.Client:
        if len(wire.events) >= 2:
            all_there.set()
        return before(board)

    box.to = to  # type: ignore[method-assign]
    stop = threading.Event()
    sender = threading.Thread(target=box.run, args=(stop,), daemon=True)
    own.add("check", "after.welcome", state="passed")
    sender.start()
    own.add("check", "after.thread", state="passed")
    assert all_there.wait(60)
    stop.set()
    sender.join()
    assert {event["id"] for event in wire.events} == {"after.welcome", "after.thread"}
