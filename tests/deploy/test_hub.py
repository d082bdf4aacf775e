"""Three learners on a JupyterHub as deploy/ configures it: `python3 -m course test --hub tests/deploy -n0`.

Without -n0 it passes too, with a hub in each process of pytest.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from course.cli.test import HUB
from course.paths import NOTEBOOKS, ROOT
from course.practice.exercise_file import source_of

if not os.environ.get(HUB):
    pytest.skip("only with --hub", allow_module_level=True)

import httpx

from tests.deploy.hub import PATIENCE, Hub, Seat, running

pytestmark = pytest.mark.long

LEARNERS = ("ada", "bob", "cleo")
LESSON = "01_after_the_response.ipynb"
CONTENT = ROOT / "course" / "lessons" / "after_the_response"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


@pytest.fixture(scope="module")
def seats(hub: Hub) -> list[Seat]:
    names = hub.folder / "names.txt"
    names.write_text("\n".join(LEARNERS), encoding="utf-8")
    command = [sys.executable, ROOT / "deploy" / "start_seats.py", hub.url, names]
    env = {**os.environ, "JUPYTERHUB_API_TOKEN": hub.token}
    said = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr + hub.log()
    assert "3 of 3 seats are ready" in said.stdout
    return [Seat(hub, name) for name in LEARNERS]


def test_lesson_00_opens_first(seats: list[Seat]) -> None:
    for seat in seats:
        to = seat.ask("GET", "").headers["location"]
        assert to.rstrip("?") == f"/user/{seat.name}/lab/tree/00_start_here.ipynb"
        assert seat.ask("GET", "lab/tree/00_start_here.ipynb").status_code == 200


def test_nobody_is_asked_about_news(seats: list[Seat]) -> None:
    settings = seats[0].get("lab/api/settings/@jupyterlab/apputils-extension:notification")
    assert settings["schema"]["properties"]["fetchNews"]["default"] == "false"


@pytest.fixture(scope="module")
def solved(seats: list[Seat]) -> list[Seat]:
    """The seats, when each learner has passed the exercise."""
    with ThreadPoolExecutor() as pool:
        for said in pool.map(_solve, seats):
            assert said.startswith("Passed: Mail the welcome after the response")
    return seats


def test_after_a_restart_the_exercise_is_passed_and_the_notebook_as_it_was(
    hub: Hub, solved: list[Seat]
) -> None:
    ada = solved[0]
    own = ada.get(f"api/contents/{LESSON}")
    own["content"]["cells"][0]["source"] = "my own title"
    ada.ask("PUT", f"api/contents/{LESSON}", json=own).raise_for_status()
    hub.stop("ada")
    ada = hub.start("ada")
    assert ada.get(f"api/contents/{LESSON}")["content"]["cells"][0]["source"] == "my own title"
    notebook = ada.open(LESSON)
    assert "exercises 1 of " in notebook.run(notebook.cells["progress"])
    notebook.close()


def test_each_learner_has_a_home_and_a_journal(solved: list[Seat]) -> None:
    for seat in solved:
        home = seat.home / "after-the-response"
        assert sorted(path.name for path in home.glob("*.ipynb")) == sorted(
            path.name for path in NOTEBOOKS.glob("*.ipynb")
        )
        journal = home / ".course" / "journal.jsonl"
        assert "after.welcome" in journal.read_text(encoding="utf-8")


ONE_SEAT_THAT_NEVER_COMES = """
c.Spawner.cmd = ["sleep", "600"]
c.Spawner.args = []
c.JupyterHub.concurrent_spawn_limit = 1
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = os.environ["COURSE_TOKEN"]
c.Authenticator.allow_all = True
"""


def test_who_has_to_wait_gets_a_page_that_tries_again(tmp_path: Path) -> None:
    with running(tmp_path, more_config=ONE_SEAT_THAT_NEVER_COMES) as hub:
        hub.api("POST", "users/ada")
        assert hub.api("POST", "users/ada/server").status_code == 202
        with httpx.Client(base_url=hub.url, trust_env=False, timeout=PATIENCE) as browser:
            browser.get("/hub/login")
            form = {"username": "bob", "password": hub.token, "_xsrf": browser.cookies["_xsrf"]}
            browser.post("/hub/login", data=form)
            page = browser.get("/hub/spawn")
    assert page.status_code == 429
    assert "Your seat is next" in page.text
    assert re.search(r'<meta http-equiv="refresh" content="\d+">', page.text)


def _solve(seat: Seat) -> str:
    """Open lesson 01, run what comes before the exercise, write the program and run its check."""
    notebook = seat.open(LESSON)
    prefix, folder = json.loads(
        notebook.run("import sys, os, json; print(json.dumps([sys.prefix, os.getcwd()]))")
    )
    assert (prefix, folder) == (sys.prefix, str(seat.home / "after-the-response"))
    for cell in ("imports", "mailer"):
        notebook.run(notebook.cells[cell])
    notebook.run(source_of(CONTENT, "after.welcome", "right_reference"))
    said = notebook.run(notebook.cells["welcome-check"])
    notebook.close()
    return said
