"""Several runs on one scale of time."""

import time
import xml.etree.ElementTree as ET

import pytest
from fastapi import FastAPI

from course.live import Timeline, heartbeats, serve


def run(*, pulse: float | None, blocking: bool = False) -> Timeline:
    app = FastAPI()

    @app.get("/")
    async def endpoint() -> None:
        if blocking:
            time.sleep(0.06)

    with serve(app, pulse=pulse) as server:
        server.client.get("/")
        server.client.get("/")
        server.settle()
    return server.timeline


def test_the_picture_has_a_row_for_each_and_says_it_in_words() -> None:
    shown = heartbeats({"quiet <run>": run(pulse=0.005), "blocked": run(pulse=0.005, blocking=True)})
    root = ET.fromstring(shown.svg())
    assert root.get("class") == "timed"
    words = root.findtext("{http://www.w3.org/2000/svg}desc") or ""
    assert "quiet <run>: longest standstill" in words
    assert "blocked: longest standstill" in words
    assert "in blocked" in shown.svg()


def test_the_text_has_no_times() -> None:
    shown = heartbeats({"a": run(pulse=0.005), "b": run(pulse=0.005)})
    assert repr(shown) == "The event loop's pulse in: a; b"
    assert shown._repr_mimebundle_()["text/plain"] == repr(shown)


def test_without_a_pulse_there_is_nothing_to_show() -> None:
    with pytest.raises(LookupError, match="pulse"):
        heartbeats({"a": run(pulse=None)})
    with pytest.raises(ValueError, match="at least one"):
        heartbeats({})
