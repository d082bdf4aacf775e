"""The board as a service of a JupyterHub: who is let in, by what the hub says.

tests/deploy/test_class.py has a whole hub.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.testclient import TestClient

from course.classroom import join, learner, leave, outbox
from course.classroom.board import create_service
from course.classroom.hub import Hub, ticket_of
from course.classroom.learner import CannotJoin, join_unasked, read_words
from course.classroom.live import Live
from course.classroom.outbox import NotReached, Outbox
from course.classroom.store import Store
from course.paths import CLASS_VARIABLE
from course.practice import Journal
from tests.classroom.conftest import Clock

PREFIX = "/services/class-board"
PLACE = f"http://hub.example{PREFIX}"
TOKENS: dict[str, Any] = {
    "of-the-instructor": {"kind": "user", "name": "ivy", "scopes": ["access:services!service=class-board"]},
    "of-a-visitor": {"kind": "user", "name": "bob", "scopes": ["access:services!service=other"]},
}


class Stand:
    """Stands for a hub: answers what a service asks. ``away`` is what it answers instead."""

    def __init__(self) -> None:
        self.away: httpx.Response | Exception | None = None
        self.codes = {"good": "of-the-instructor", "bad": "of-a-visitor"}

    def answer(self, request: httpx.Request) -> httpx.Response:
        if isinstance(self.away, Exception):
            raise self.away
        if self.away is not None:
            return self.away
        if request.url.path == "/hub/api/user":
            found = TOKENS.get(request.headers["Authorization"].removeprefix("token "))
            return httpx.Response(200, json=found) if found else httpx.Response(403, json={})
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        assert (form["client_id"], form["client_secret"]) == ("service-class-board", "own")
        token = self.codes.pop(form["code"], None)  # it counts once
        return httpx.Response(200, json={"access_token": token}) if token else httpx.Response(400, json={})


@pytest.fixture
def stand() -> Stand:
    return Stand()


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    store = Store(f"sqlite:///{(tmp_path / 'classes.sqlite3').as_posix()}")
    yield Live(store, store.open("Class", 0.0), clock=Clock())
    store.close()


@pytest.fixture
def client(live: Live, stand: Stand) -> Iterator[TestClient]:
    hub = Hub(
        api="http://127.0.0.1:8081/hub/api",
        base="/",
        prefix=PREFIX,
        client="service-class-board",
        token="own",
        access=frozenset({"access:services", "access:services!service=class-board"}),
        transport=httpx.MockTransport(stand.answer),
    )
    app = create_service(live, hub)
    with TestClient(app, "http://hub.example", follow_redirects=False) as client:
        yield client


def show(client: TestClient, user: str, ticket: str) -> httpx.Response:
    asked = {"token": "ab" * 32, "user": user, "ticket": ticket}
    answer: Any = client.post(f"{PREFIX}/api/show", json=asked)
    return answer


@pytest.mark.parametrize(
    ("user", "name"), [("ada", "ada"), ("zoë@uni", "zoë@uni"), ("<b>x\u202e</b>", "<b>x</b>")]
)
def test_a_ticket_gives_a_seat_with_the_name_at_the_hub(client: TestClient, user: str, name: str) -> None:
    assert show(client, user, ticket_of("own", user)).json() == {"name": name, "class_name": "Class"}


def test_no_other_ticket_does(client: TestClient, live: Live) -> None:
    tickets = [ticket_of("own", "bob"), ticket_of("other", "ada"), ticket_of("", "ada"), "0" * 64]
    assert {show(client, "ada", ticket).status_code for ticket in tickets} == {403}
    assert {show(client, "ada", ticket).status_code for ticket in ("", "x")} == {422}
    assert live.room.places == {}


@pytest.mark.parametrize(
    "away", [httpx.ConnectError("down"), httpx.Response(502), httpx.Response(200, text="<html>")]
)
def test_a_hub_that_is_away_shows_nobody_the_page_and_is_asked_again(
    client: TestClient, stand: Stand, away: Any
) -> None:
    stand.away = away
    answer = into(client, "good")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert show(client, "ada", ticket_of("own", "ada")).status_code == 200, "seats do not need it"
    stand.away = None
    assert into(client, "good").status_code == 303


def test_there_is_no_code_to_guess_and_none_to_show(client: TestClient, live: Live) -> None:
    assert client.post(f"{PREFIX}/api/join", json={}).status_code == 404
    into(client, "good")
    for page in ("", "projector"):
        text = client.get(f"{PREFIX}/board/{page}").text
        assert live.found.code not in text
        assert "join(" not in text


def into(client: TestClient, code: str) -> httpx.Response:
    """Come back from the hub with that code, as a browser does."""
    there = urlsplit(client.get(f"{PREFIX}/login").headers["location"])
    asked = {name: values[0] for name, values in parse_qs(there.query).items()}
    assert there.path == "/hub/api/oauth2/authorize"
    assert asked["redirect_uri"] == f"{PREFIX}/oauth_callback"
    answer: Any = client.get(f"{PREFIX}/oauth_callback", params={"code": code, "state": asked["state"]})
    return answer


def test_the_hub_says_who_sees_the_page(client: TestClient) -> None:
    for page in ("", "projector"):
        answer = client.get(f"{PREFIX}/board/{page}")
        assert (answer.status_code, answer.headers["location"]) == (303, "../login")
    assert client.get(f"{PREFIX}/board/stream?view=b").status_code == 403
    assert into(client, "bad").status_code == 403
    assert into(client, "wrong").status_code == 403
    assert client.get(f"{PREFIX}/board/").status_code == 303
    came = into(client, "good")
    assert (came.status_code, came.headers["location"]) == (303, "board/")
    own = next(
        said for said in came.headers.get_list("set-cookie") if said.startswith("class-board-1=")
    ).lower()
    assert {"httponly", f"path={PREFIX}/", "samesite=lax"} <= set(own.split("; ")), "no seat gets it"
    assert client.get(f"{PREFIX}/board/").status_code == 200
    assert into(client, "good").status_code == 403, "a code counts once"


def test_nobody_is_sent_in_by_a_page_elsewhere(client: TestClient) -> None:
    """A code of somebody else, with a state that this browser was not given."""
    for state in ("", "x"):
        answer = client.get(f"{PREFIX}/oauth_callback", params={"code": "good", "state": state})
        assert answer.status_code == 403
    client.get(f"{PREFIX}/login")
    assert client.get(f"{PREFIX}/oauth_callback", params={"code": "good", "state": "x"}).status_code == 403


def test_a_form_comes_from_the_page_whatever_the_hub_is_called(client: TestClient) -> None:
    into(client, "good")
    for origin, status in (
        ("http://hub.example", 303),
        ("http://elsewhere.example", 403),
        ("null", 403),
        ("", 403),
    ):
        answer = client.post(f"{PREFIX}/board/timer", data={"minutes": 5}, headers={"Origin": origin})
        assert answer.status_code == status, origin
    assert client.get(f"{PREFIX}/", headers={"Host": ""}).status_code == 421


# ---- at the seat


class Kept:
    """Every address leads to the board."""

    def __init__(self, client: TestClient) -> None:
        self._client = client

    def post(self, what: str, **more: Any) -> Any:
        return self._client.post(f"{PREFIX}/{what}", **more)

    def close(self) -> None: ...


@pytest.fixture
def seat(client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The workspace of a seat of that hub."""
    folder = tmp_path / "workspace"
    for name, value in (
        ("COURSE_WORKSPACE", str(folder)),
        (CLASS_VARIABLE, f"hub@{PLACE}#{ticket_of('own', 'ada')}"),
        ("JUPYTERHUB_USER", "ada"),
    ):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(learner, "keep_sending", lambda: None)
    monkeypatch.setattr(learner, "_tokens", {})
    monkeypatch.setattr(outbox, "_client", lambda board: Kept(client))
    return folder


def names(live: Live) -> list[str]:
    return [place.seat.name for place in live.room.places.values()]


def test_a_seat_joins_with_no_words_and_leaves_for_good(seat: Path, live: Live, capsys: Any) -> None:
    assert not join_unasked()
    assert names(live) == ["ada"]
    assert capsys.readouterr().out == "", "a thread prints nothing"
    assert "You have left" in repr(leave())
    assert not join_unasked()
    assert names(live) == []
    assert "you are called ada" in repr(join(name="Bob")), "one name, that at the hub"
    assert "The class board calls you ada" in capsys.readouterr().out
    assert not join_unasked()
    assert names(live) == ["ada"]
    leave()
    assert not join_unasked()
    assert names(live) == [], "they have left a second time"


def test_a_seat_that_was_not_let_in_asks_again_while_that_can_help(
    seat: Path, live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        down = httpx.MockTransport(lambda _: httpx.Response(503))
        patch.setattr(outbox, "_client", lambda board: httpx.Client(base_url=board, transport=down))
        assert "busy" in repr(join())
        assert join_unasked()
    monkeypatch.setenv("JUPYTERHUB_USER", "bob")
    assert not join_unasked(), "it is somebody else's ticket, and stays it"
    monkeypatch.setenv("JUPYTERHUB_USER", "ada")
    assert not join_unasked()
    assert names(live) == ["ada"]


def test_a_seat_is_in_the_next_class_too_unless_it_is_in_one_elsewhere(
    seat: Path, live: Live, client: TestClient
) -> None:
    join_unasked()
    (own,) = live.room.places
    assert client.portal is not None
    client.portal.call(live.leave, own)  # the class was closed, and another one opened
    Journal(seat / ".course" / "journal.jsonl").add("check", "after.welcome", state="passed")
    box = Outbox(seat)
    with pytest.raises(NotReached):
        box.step()
    join_unasked()
    box.step()
    assert [noted.event.id for noted in live.store.events(live.found.id)] == ["after.welcome"]
    found = box.membership()
    assert found is not None
    box.store(found.model_copy(update={"board": "http://elsewhere.example/", "token": "cd" * 32}))
    join_unasked()
    assert box.membership() == found.model_copy(
        update={"board": "http://elsewhere.example/", "token": "cd" * 32}
    )


def test_the_ticket_of_a_hub_is_no_words_to_type() -> None:
    with pytest.raises(CannotJoin):
        read_words(f"hub@{PLACE}#{'0' * 64}")
