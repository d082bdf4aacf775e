"""The checks of the rehearsal."""

from collections.abc import Callable

from fastapi import FastAPI

from course.practice import Bench, NotYet, exercise


@exercise("demo.welcome", wants=("build_register",))
def check_welcome(bench: Bench, build_register: Callable[..., FastAPI]) -> dict[str, str]:
    mail = bench.spy("send_welcome_email")
    app = bench.call(build_register, mail)
    with bench.serve(app) as server:
        reply = server.client.post("/register", json={"email": "ada@example.org"})
        server.settle()
        bench.expect(reply, 201)
    if not mail.called:
        raise NotYet("never-called", name=mail.name)
    if server.timeline.before("send_welcome_email called", "response"):
        raise NotYet("called-not-passed", name=mail.name)
    if mail.calls[0].values != ("ada@example.org",):
        raise NotYet("wrong-address", name=mail.name, given=mail.calls[0].values)
    return {"address": mail.calls[0].values[0]}
