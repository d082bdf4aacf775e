"""Our own tests of the shop reject the bugs that many tests forget, so that `solution` teaches how."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from course.lessons.capstone.mutants import build_other, build_with, harder_bugs
from course.lessons.capstone.services import Services
from course.practice import bank
from course.practice.texts import exercise_text

ID = "capstone.tests"
EXAMINE = {each.name: each for each in bank.programs(exercise_text(ID)[0], ID)}["right_reference"].run()[
    "examine_shop"
]


@pytest.mark.parametrize("bug", harder_bugs())
def test_the_reference_rejects_it(bug: str) -> None:
    with pytest.raises((AssertionError, ConnectionError)):
        EXAMINE(build_with(bug), Services)


def test_the_reference_accepts_what_works() -> None:
    EXAMINE(build_with(), Services)
    EXAMINE(build_other(), Services)


def test_a_bug_is_a_shop_like_the_others() -> None:
    """Each of them serves a good day: what rejects it is its bug, and not that it does not work at all."""
    for bug in harder_bugs():
        app: FastAPI = build_with(bug)(services := Services())
        client = TestClient(app)
        order = {"item": "bread", "cents": 450, "email": "ada@example.com"}
        id = client.post("/orders", json=order).json()["id"]
        assert client.get(f"/orders/{id}").json() == {"status": "closed"}
        assert services.mails == [(id, "ada@example.com")]
