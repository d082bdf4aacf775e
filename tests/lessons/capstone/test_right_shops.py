"""Every shop that the check of the tests accepts keeps the specification, also when many orders wait."""

from __future__ import annotations

import io
import threading
import unittest
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI

from course.lessons.capstone.checks import _words
from course.lessons.capstone.mutants import build_free, build_other, build_with, freedoms, most_free, others
from course.lessons.capstone.services import STEPS, Services
from course.live import serve

MOST = 40
BREAD = {"item": "bread", "cents": 450, "email": "ada@example.com"}
DEAR = BREAD | {"cents": 99_999}
CROWD = [DEAR] * 15 + [BREAD] * 45
KINDS = {
    "build_with()": build_with(),
    "build_other()": build_other(),
    "side-by-side": build_free("side-by-side"),
    "numbers": build_free("numbers"),
} | {f"most of them, {number}": build_free(*free) for number, free in enumerate(most_free())}
ALONE = {id: build for id, (_, build) in others().items()} | {id: build_free(id) for id in freedoms()}


class Held(Services):
    """Services that wait, each until it is let go, and know how many of their calls are at work."""

    def __init__(self) -> None:
        super().__init__()
        self.at_work: Counter[str] = Counter()
        self.most = 0
        self.changed = threading.Condition()
        self.let_go: set[str] = set()

    def _call(self, step: str, order_id: str, *rest: Any, **options: Any) -> None:
        with self.changed:
            self.at_work[step] += 1
            self.most = max(self.most, self.at_work.total())
            self.changed.notify_all()
            assert self.changed.wait_for(lambda: step in self.let_go, 60)
        try:
            super()._call(step, order_id, *rest, **options)
        finally:
            with self.changed:
                self.at_work[step] -= 1

    def all_held(self) -> set[str]:
        """Wait until as many calls are held as may be at work; which they are."""

        def held() -> bool:
            return sum(self.at_work[step] for step in self.at_work if step not in self.let_go) >= MOST

        with self.changed:
            assert self.changed.wait_for(held, 60), self.at_work
            return {step for step, count in self.at_work.items() if count and step not in self.let_go}


def keeps_the_specification(build: Callable[[Services], FastAPI]) -> None:
    """Sixty orders come at the same time; whatever they wait for, others are answered."""
    services = Held()
    with serve(build(services)) as server:
        try:
            posts = [server.submit("POST", "/orders", json=body, timeout=60) for body in CROWD]
            ids = [post.result().json()["id"] for post in posts]
            seen: set[str] = set()
            while seen != {*STEPS, "release"}:
                held = services.all_held()
                answer = server.client.post("/orders", json=BREAD, timeout=30)
                assert answer.status_code == 202
                ids.append(answer.json()["id"])
                for id in (ids[15], ids[-1]):
                    assert server.client.get(f"/orders/{id}", timeout=30).json()["status"] == "accepted"
                assert server.client.get("/orders/nobody", timeout=30).status_code == 404
                seen |= held
                with services.changed:
                    services.let_go |= held
                    services.changed.notify_all()
            server.settle(60)
            ends = [server.client.get(f"/orders/{id}").json()["status"] for id in ids]
        finally:
            with services.changed:
                services.let_go |= {*STEPS, "release"}
                services.changed.notify_all()
        assert not server.errors
    assert ends == ["refused"] * 15 + ["closed"] * (len(ids) - 15)
    assert len(set(ids)) == len(ids)
    assert services.most == MOST
    keys = [key for id in ids for key in services.keys[id]]
    assert len(keys) == len(set(keys)) == len(ids) - 15


@pytest.mark.parametrize("name", KINDS)
def test_it_keeps_the_specification_when_many_orders_wait(name: str) -> None:
    keeps_the_specification(KINDS[name])


@pytest.mark.thorough
@pytest.mark.parametrize("name", ALONE)
def test_so_does_each_that_is_special_in_one_thing(name: str) -> None:
    keeps_the_specification(ALONE[name])


def examine_shop() -> None:
    """Tests of the other style, which raise what they report."""

    class Found(unittest.TestCase):
        def runTest(self) -> None:
            self.assertEqual("refused", "closed")  # noqa: PT009

    result = unittest.TextTestRunner(stream=io.StringIO()).run(Found())
    raise AssertionError("\n".join(text for _, text in result.failures))


def test_of_a_report_the_error_is_quoted_and_its_line() -> None:
    with pytest.raises(AssertionError) as caught:
        examine_shop()
    error, line = _words(caught.value).split(", at ")
    assert error == "AssertionError: 'refused' != 'closed'"
    assert line.startswith('`self.assertEqual("refused", "closed")')
