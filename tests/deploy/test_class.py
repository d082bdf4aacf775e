"""Seats of a JupyterHub are in a class by their names: `python3 -m course test --hub tests/deploy -n0`."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from course.cli.test import HUB

if not os.environ.get(HUB):
    pytest.skip("only with --hub", allow_module_level=True)

import httpx
import psutil

from course import serve
from course.classroom.board import Address, create_app
from course.classroom.live import Live
from course.classroom.store import Store
from course.practice.texts import notebook_of
from tests.deploy.hub import PATIENCE, Hub, Seat, running

pytestmark = pytest.mark.long

START = (notebook_of("start_here") or Path()).name
BOARD = "/services/class-board/"

# deploy/'s own board, which keeps its class in the test's folder, and runs as whoever runs the test.
SERVICE = """
exec(open(os.environ["COURSE_CHECKOUT"] + "/deploy/jupyterhub_config.d/board.py").read())
program = "import sys; from pathlib import Path; from course.classroom import store; "
program += "store.FOLDER = Path('classes'); from course.cli._hub_board import main; main()"
service = c.JupyterHub.services[-1]
service["command"] = [sys.executable, "-c", program, *service["command"][4:]]
service["environment"] = {"PYTHONPATH": os.environ["COURSE_CHECKOUT"]}
service["cwd"] = os.getcwd()
del service["user"]
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = os.environ["COURSE_TOKEN"]
c.SharedPasswordAuthenticator.admin_password = os.environ["COURSE_TOKEN"] * 2
c.Authenticator.admin_users = {"instructor"}
c.Authenticator.allow_all = True
"""


def test_a_seat_joins_by_its_name_at_the_hub(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{(tmp_path / 'classes.sqlite3').as_posix()}")
    live = Live(store, store.open("Tuesday", 0.0))
    with serve(create_app(live, Address("http://127.0.0.1", ("127.0.0.1",)))) as server:
        words = f"{live.found.code}@{str(server.client.base_url).rstrip('/')}"
        config = f'c.Spawner.environment.update({{"COURSE_CLASS": {words!r}}})\n'
        with running(tmp_path, more_config=config) as hub:
            hub.start("ada")
            seated(live)
            assert [place.seat.name for place in live.room.places.values()] == ["ada"]
            hub.stop("ada")
            hub.start("ada")
            hub.start("bob")
            seated(live, 2)
            assert [place.seat.name for place in live.room.places.values()] == ["ada", "bob"], "each once"
    store.close()


def seated(live: Live, count: int = 1) -> None:
    """Wait until so many seats have joined."""
    deadline = time.monotonic() + PATIENCE
    while len(live.room.places) < count:
        assert time.monotonic() < deadline
        time.sleep(0.1)


# ---- the board as a service of the hub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running(tmp_path_factory.mktemp("hub"), more_config=SERVICE) as hub:
        yield hub


@pytest.fixture(scope="module")
def ada(hub: Hub) -> Seat:
    return hub.start("ada")


@contextlib.contextmanager
def browser(hub: Hub, name: str, password: str) -> Iterator[httpx.Client]:
    """Somebody's browser, after the login at the hub."""
    with httpx.Client(base_url=hub.url, trust_env=False, timeout=PATIENCE, follow_redirects=True) as client:
        client.get("/hub/login")
        form = {"username": name, "password": password, "_xsrf": client.cookies["_xsrf"]}
        client.post("/hub/login", params={"next": "/hub/home"}, data=form).raise_for_status()
        yield client


@pytest.fixture(scope="module")
def instructor(hub: Hub) -> Iterator[httpx.Client]:
    with browser(hub, "instructor", hub.token * 2) as client:
        yield client


def shows(instructor: httpx.Client, what: Callable[[str], object]) -> str:
    """The instructor's page, as soon as it is like that."""
    deadline = time.monotonic() + PATIENCE
    while not what(page := instructor.get(f"{BOARD}board/").raise_for_status().text):
        assert time.monotonic() < deadline, page
        time.sleep(0.1)
    return page


def row_of(name: str) -> Callable[[str], object]:
    return lambda page: f'<th scope="row"><bdi>{name}</bdi>' in page


def test_who_is_stuck_is_seen_through_the_hub_with_no_code_to_type(
    ada: Seat, instructor: httpx.Client
) -> None:
    notebook = ada.open(START)
    notebook.run("from course import *")
    for _ in range(2):
        notebook.run("check('start.ping', lambda name: None)")
    page = shows(instructor, lambda page: "2 failed checks" in page)
    assert str(instructor.get(BOARD).url).endswith(f"{BOARD}board/"), "where the hub's menu leads"
    assert row_of("ada")(page)
    assert "join(" not in page, "there are no words to show"
    assert instructor.get(f"{BOARD}board/projector").status_code == 200
    assert "ada" not in instructor.get(f"{BOARD}board/projector").text
    assert instructor.get(f"{BOARD}static/board.js").status_code == 200
    notebook.close()


def test_a_hand_and_the_answer_cross_the_hub(hub: Hub, ada: Seat, instructor: httpx.Client) -> None:
    notebook = ada.open(START)
    assert "Your hand is up" in notebook.run("from course import *; raise_hand()")
    page = shows(instructor, lambda page: "I am coming" in page)
    found = re.search(r'name="seat" value="(\d+)"', page)
    assert found
    form = {"seat": found[1], "state": "coming"}
    for origin, status in (("http://elsewhere.example", 403), (hub.url, 200)):
        answer = instructor.post(f"{BOARD}board/hand", data=form, headers={"Origin": origin})
        assert answer.status_code == status
    assert "you are coming" in shows(instructor, lambda page: "I am coming" not in page)
    assert "Your hand is down" in notebook.run("raise_hand(False)")
    notebook.close()


def test_who_leaves_is_asked_in_again_by_nobody(hub: Hub, ada: Seat, instructor: httpx.Client) -> None:
    notebook = ada.open(START)
    assert "You have left" in notebook.run("from course import *; leave()")
    shows(instructor, lambda page: not row_of("ada")(page))
    notebook.close()
    hub.stop("ada")
    again = hub.start("ada").open(START)
    assert "no class" in again.run("from course import *; raise_hand()")
    said = again.run("join()")
    assert "Never your code" in said
    assert "where you are called ada" in said
    shows(instructor, row_of("ada"))
    again.close()


def test_a_board_that_ends_is_started_again_by_the_hub_and_nothing_is_lost(
    hub: Hub, ada: Seat, instructor: httpx.Client
) -> None:
    notebook = ada.open(START)
    notebook.run("from course import *")
    shows(instructor, row_of("ada"))
    before = _board_of(hub)
    before.kill()
    notebook.run("check('start.ping', lambda name: None)")
    deadline = time.monotonic() + PATIENCE
    while instructor.get(f"{BOARD}static/board.css").status_code != 200:
        assert time.monotonic() < deadline, hub.log()
        time.sleep(0.1)
    shows(instructor, lambda page: re.search("[1-9] failed checks", page))
    assert _board_of(hub).pid != before.pid
    notebook.close()


def _board_of(hub: Hub) -> psutil.Process:
    children = psutil.Process(hub.process.pid).children(recursive=True)
    (found,) = [child for child in children if any("_hub_board" in part for part in child.cmdline())]
    return found


def test_learners_do_not_see_the_page(hub: Hub) -> None:
    with browser(hub, "bob", hub.token) as client:
        for path in ("", "board/", "board/projector"):
            assert client.get(f"{BOARD}{path}").status_code == 403
        assert client.get(f"{BOARD}board/stream?view=b").status_code == 403
        assert client.get(f"{BOARD}oauth_callback?code=x&state=y").status_code == 403
        client.cookies.set("class-board-state", "y", path=BOARD)
        assert client.get(f"{BOARD}oauth_callback?code=x&state=y").status_code == 403


def test_a_ticket_is_good_for_its_own_user_only(hub: Hub, ada: Seat) -> None:
    notebook = ada.open(START)
    words = notebook.run("import os; print(os.environ['COURSE_CLASS'])").strip()
    notebook.close()
    address, _, ticket = words.removeprefix("hub@").partition("#")
    for user, shown in (("bob", ticket), ("ada", "0" * 64)):
        asked = {"token": "ab" * 32, "user": user, "ticket": shown}
        answer = httpx.post(f"{address}/api/show", json=asked, trust_env=False, timeout=PATIENCE)
        assert answer.status_code == 403, answer.text
    answer = httpx.post(f"{address}/api/join", json={}, trust_env=False, timeout=PATIENCE)
    assert answer.status_code == 404, "there is no code to guess"
