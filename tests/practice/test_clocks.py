"""Every clock that a program may look at shows what was skipped."""

import datetime
import time
from typing import Any

import pytest
from pydantic import BaseModel

from course.practice.clocks import clocks_ahead

_REAL = time.monotonic, datetime.datetime


@pytest.mark.parametrize(
    "look",
    [
        "time.monotonic()",
        "time.time()",
        "time.perf_counter()",
        "time.monotonic_ns() / 1e9",
        "time.time_ns() / 1e9",
        "time.perf_counter_ns() / 1e9",
        "datetime.datetime.now().timestamp()",
        "datetime.datetime.now(datetime.UTC).timestamp()",
        "datetime.datetime.utcnow().timestamp()",
        "datetime.datetime.today().timestamp()",
        "monotonic()",
        "Date.now().timestamp()",
    ],
)
@pytest.mark.filterwarnings("ignore:.*utcnow.*:DeprecationWarning")
def test_each_clock_is_ahead(look: str) -> None:
    ahead = [0.0]
    names: dict[str, Any] = {"time": time, "datetime": datetime, "monotonic": _REAL[0], "Date": _REAL[1]}
    with clocks_ahead(lambda: ahead[0], [names]):
        before = eval(look, names)
        ahead[0] = 500.0
        passed = eval(look, names) - before
    assert 499.9 < passed < 700
    assert (time.monotonic, datetime.datetime) == _REAL
    assert (names["monotonic"], names["Date"]) == _REAL


def test_dates_stay_dates() -> None:
    with clocks_ahead(lambda: 5.0, []):
        assert isinstance(_REAL[1].now(), datetime.datetime)
        assert type(datetime.datetime.now()) is _REAL[1]
        assert datetime.datetime(2026, 5, 1) == _REAL[1](2026, 5, 1)
        assert type(datetime.datetime(2026, 5, 1)) is _REAL[1]

        class Order(BaseModel):
            at: datetime.datetime

        assert type(Order.model_validate({"at": "2026-05-01T12:00"}).at) is _REAL[1]
