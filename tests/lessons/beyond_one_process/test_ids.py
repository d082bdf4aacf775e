"""An id is any text of a client: it fits into a header, a URL, a letter."""

import importlib
import os
import subprocess
import sys
import urllib.parse
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from fastapi.testclient import TestClient

from course.lessons.beyond_one_process import jobs
from course.lessons.beyond_one_process.outbox import Row

IDS = ["17", "日本", "a?b", "a#b", "%41", "order 1", "x\r\ny", "a@b>"]


@pytest.mark.parametrize("job_id", IDS)
def test_the_location_of_a_job_leads_to_it(
    job_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "DATABASE", str(tmp_path / "jobs.sqlite"))
    monkeypatch.setenv("GATE", str(tmp_path / "gate"))
    (tmp_path / "gate").touch()
    jobs.sql("CREATE TABLE jobs (id TEXT PRIMARY KEY, state TEXT)")
    client = TestClient(jobs.app)
    reply = client.post(f"/jobs/{urllib.parse.quote(job_id, safe='')}")
    assert client.get(reply.headers["Location"]).json() == "done"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module of the shop."""
    monkeypatch.setenv("DATABASE", str(tmp_path / "shop.sqlite"))
    monkeypatch.setenv("LEASE", "30")
    monkeypatch.setenv("GATE", str(tmp_path / "gate"))
    monkeypatch.setenv("SMTP_PORT", "25")
    return importlib.import_module("course.lessons.beyond_one_process.shop")


def test_each_order_has_a_letter_of_its_own(shop: Any) -> None:
    letters = []
    with mock.patch.object(shop.smtplib, "SMTP") as smtp:
        for order_id in IDS:
            shop.post(Row(order_id, "ada@example.org", 1))
            letters.append(smtp().__enter__().send_message.call_args.args[0])
    sent = [message_from_bytes(letter.as_bytes(), policy=policy.default) for letter in letters]
    ids = [letter["Message-ID"] for letter in sent]
    assert len(set(ids)) == len(ids) == len(IDS)
    assert all(each.isascii() and " " not in each and each.count("@") == 1 for each in ids)
    subjects = [letter["Subject"] for letter in sent]
    assert subjects == [f"Order {each}" for each in [*IDS[:6], "x%0D%0Ay", "a@b>"]]


def test_an_order_has_an_id(shop: Any) -> None:
    reply = TestClient(shop.app).post("/orders", json={"id": "", "email": "ada@example.org"})
    assert reply.status_code == 422


ASK = """
from fastapi.testclient import TestClient
from course.lessons.beyond_one_process.durable import app
print(TestClient(app).post("/runs/r.stats").status_code)
"""


def test_a_run_has_no_id_of_a_task(tmp_path: Path) -> None:
    env = os.environ | {"DURABLE_URL": f"sqlite:///{tmp_path / 'durable.sqlite'}", "GATE": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", ASK], env=env, capture_output=True, text=True)
    assert done.stdout == "422\n", done.stderr
