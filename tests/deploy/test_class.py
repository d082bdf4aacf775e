"""Seats of a JupyterHub join a class by their names: `python3 -m course test --hub tests/deploy -n0`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from course.cli.test import HUB

if not os.environ.get(HUB):
    pytest.skip("only with --hub", allow_module_level=True)

from course import serve
from course.classroom.board import Address, create_app
from course.classroom.live import Live
from course.classroom.store import Store
from tests.deploy.hub import running

pytestmark = pytest.mark.long


def test_a_seat_joins_by_its_name_at_the_hub(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{(tmp_path / 'classes.sqlite3').as_posix()}")
    live = Live(store, store.open("Tuesday", 0.0))
    with serve(create_app(live, Address("http://127.0.0.1", ("127.0.0.1",)))) as server:
        words = f"{live.found.code}@{str(server.client.base_url).rstrip('/')}"
        config = f'c.Spawner.environment.update({{"COURSE_CLASS": {words!r}}})\n'
        with running(tmp_path, more_config=config) as hub:
            seat = hub.start("ada")
            assert [place.seat.name for place in live.room.places.values()] == ["ada"]
            hub.stop("ada")
            hub.start("ada")
            assert len(live.room.places) == 1, "it joins once"
            membership = seat.home / "after-the-response" / ".course" / "class.json"
            assert membership.exists()
    store.close()
