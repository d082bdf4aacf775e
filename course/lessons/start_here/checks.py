"""The check of lesson 00's exercise."""

from collections.abc import Callable

from fastapi import FastAPI

from course.practice import Bench, NotYet, exercise


@exercise("start.ping", wants=("build_ping",))
def check_ping(bench: Bench, build_ping: Callable[..., FastAPI]) -> None:
    """GET /ping answers with the name that was handed in, whatever it is."""
    for name in ("pong", "Ada"):
        with bench.serve(bench.call(build_ping, name)) as server:
            body = bench.expect(server.client.get("/ping")).json()
        if isinstance(body, dict) and list(body) == ["pong"] and body["pong"] != name:
            raise NotYet("wrong-name", name=name, got=body)
        if body != {"pong": name}:
            raise NotYet("wrong-body", got=body, expected={"pong": name})
