"""The checks of lesson 03. Each runs the learner's program and looks at what happened."""

import functools
import inspect
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import httpx
from fastapi import BackgroundTasks, Depends, FastAPI
from pydantic import BaseModel

from course.lessons.services.replies import (
    ADA,
    BOB,
    CLEO,
    came_early,
    cut,
    error_words,
    json_of,
    wait_for_calls,
)
from course.live import Server
from course.practice import Bench, BlankTouched, Call, LateTasks, NotYet, Spy, exercise, patiently

# services.confirm


class _Notifications:
    """A service that only notes what it is asked to send."""

    def __init__(self, spy: Spy, used: list["_Notifications"] | None = None) -> None:
        self._spy = spy
        self._used = used if used is not None else []

    def send_order_confirmation(self, order_id: int, to: str) -> None:
        """Note an order and its customer."""
        self._used.append(self)
        self._spy.function(order_id, to)


@exercise("services.confirm", wants=("build_orders",))
def check_confirm(bench: Bench, build_orders: Callable[..., FastAPI]) -> None:
    """The service comes through FastAPI, and its method runs once, after the response."""
    made: list[_Notifications] = []
    used: list[_Notifications] = []
    sent = bench.spy("send_order_confirmation")

    def get_notifications() -> _Notifications:
        made.append(_Notifications(sent, used))
        return made[-1]

    app = bench.call(build_orders, get_notifications)
    late = LateTasks(app, watch=lambda: sent.called)
    with bench.serve(app, around=lambda _: late, name="build_orders") as server:
        _confirm_one(bench, server, sent, order_id=7, to=ADA)
        _confirm_one(bench, server, sent, order_id=8, to="Bob.B@Example.com")
        if len(made) < 2:
            raise NotYet("shared-service", count=2)
        if used[0] is used[1]:
            raise NotYet("kept-service")
        _confirm_one(bench, server, sent, order_id=8, to="Bob.B@Example.com")
        _confirm_two(bench, server, sent, late)
        _swap_in_a_test(bench, server, sent, app, get_notifications)
    if len(sent.calls) > 5:  # the server is down: nothing can come any more
        raise NotYet("twice", count=len(sent.calls) - 4)


def _confirm(bench: Bench, server: Server, order_id: int, to: str) -> httpx.Response:
    reply = server.client.post(f"/orders/{order_id}/confirm", params={"to": to})
    if missing := _missing(reply) - {"order_id", "to"}:
        raise NotYet("asked-of-client", name=min(missing))
    return bench.expect(reply, 202)


def _missing(reply: httpx.Response) -> set[str]:
    """The parameters that FastAPI did not find in the request."""
    if reply.status_code != 422:
        return set()
    return {str(error["loc"][-1]) for error in reply.json()["detail"] if error["type"] == "missing"}


def _confirm_one(bench: Bench, server: Server, sent: Spy, order_id: int, to: str) -> None:
    before = len(sent.calls)
    reply = _confirm(bench, server, order_id, to)
    server.settle()
    wait_for_calls(server, sent, before + 1)
    calls = sent.calls[before:]
    if calls and came_early(server, calls[0], before + 1):
        if server.errors:
            raise NotYet("called-not-passed", error=error_words(server.errors[0]))
        raise NotYet("inline")
    if not calls:
        if server.errors:
            raise NotYet("task-failed", status=reply.status_code, error=error_words(server.errors[0]))
        if before > 1:
            raise NotYet("not-again", order_id=order_id, to=to)
        raise NotYet("never-sent", status=reply.status_code)
    if len(calls) > 1:
        raise NotYet("twice", count=len(calls))
    if calls[0].values != (order_id, to):
        raise NotYet("wrong-arguments", order_id=order_id, to=to, got=_confirmed(calls[0]))
    if calls[0].thread == "event loop":
        raise NotYet("on-the-loop")
    if json_of(reply) != {"accepted": order_id}:
        raise NotYet("wrong-reply", got=cut(reply.text), order_id=order_id)


def _confirmed(call: Call) -> str:
    return cut("order {!r} for {!r}".format(*call.values))


def _confirm_two(bench: Bench, server: Server, sent: Spy, late: LateTasks) -> None:
    """Two requests of which the second is answered before the first one's task begins."""
    before = len(sent.calls)
    with late.held():
        _confirm(bench, server, 10, ADA)
        _confirm(bench, server, 11, CLEO)
    server.settle()
    wait_for_calls(server, sent, before + 2)
    calls = sent.calls[before:]
    if sorted(call.values for call in calls) != [(10, ADA), (11, CLEO)]:
        got = " and ".join(map(_confirmed, calls)) or "nothing"
        raise NotYet("mixed-up", got=got, ada=ADA, cleo=CLEO)


def _swap_in_a_test(
    bench: Bench, server: Server, sent: Spy, app: Any, get_notifications: Callable[..., Any]
) -> None:
    """With an override for the provider, as a test sets it, the stand-in is called and nobody else."""
    before = len(sent.calls)
    line = bench.gate("the line is free")
    stand_in = bench.spy("the stand-in of a test", gate=line)
    getattr(app, "dependency_overrides", {})[get_notifications] = lambda: _Notifications(stand_in)
    _confirm(bench, server, 9, CLEO)
    patiently(lambda: stand_in.called or len(sent.calls) > before)
    if not stand_in.called:
        raise NotYet("not-provided")
    following = server.submit("POST", "/orders/12/confirm", params={"to": BOB})
    answered = bench.answers(following)
    line.open()
    if not answered:
        raise NotYet("next-waits")
    bench.expect(following.result(), 202)
    server.settle()


# services.test-it


class _RealNotifications:
    """The service that must not be used by a test."""

    mails: ClassVar[list[tuple[int, str]]] = []

    def send_order_confirmation(self, order_id: int, to: str) -> None:
        """Send a mail, as a customer would get it."""
        self.mails.append((order_id, to))


class _Broken(Exception):
    """What a shop raises instead of an answer."""


class _NewOrder(BaseModel):
    email: str


@dataclass(frozen=True)
class _TestedShop:
    """How a shop confirms an order, and what the learner's test has missed if it passes that shop."""

    first_id: int
    status: int = 202
    times: int = 1
    wrong_number: bool = False
    wrong_address: bool = False
    shouts: bool = False
    fails: bool = False
    missed: str = ""

    def build(self, get_notifications: Callable[[], Any]) -> FastAPI:
        """The app."""
        app = FastAPI()
        ids = itertools.count(self.first_id)

        @app.post("/orders", status_code=self.status)
        def create_order(
            new: _NewOrder, notifications: Annotated[Any, Depends(get_notifications)], tasks: BackgroundTasks
        ) -> dict[str, int]:
            if self.fails:
                raise _Broken("the shop is closed")
            order_id = next(ids)
            to = "somebody@example.com" if self.wrong_address else new.email
            to = to.upper() if self.shouts else to
            for _ in range(self.times):
                number = order_id + self.wrong_number
                tasks.add_task(notifications.send_order_confirmation, order_id=number, to=to)
            return {"id": order_id}

        return app


_BROKEN = [
    _TestedShop(21, times=0, missed="misses-silent"),
    _TestedShop(32, wrong_address=True, missed="misses-address"),
    _TestedShop(38, shouts=True, missed="misses-case"),
    _TestedShop(43, wrong_number=True, missed="misses-number"),
    _TestedShop(54, times=2, missed="misses-twice"),
    _TestedShop(65, status=200, missed="misses-status"),
    _TestedShop(76, status=203, missed="misses-status"),
    _TestedShop(87, fails=True, missed="misses-status"),
]


@exercise("services.test-it", wants=("test_confirmation",))
def check_test_it(bench: Bench, test_confirmation: Callable[..., Any]) -> None:
    """The learner's test passes good shops, fails for broken ones, and leaves no trace."""
    for first_id in [17, 18]:
        failure = _try(bench, test_confirmation, _TestedShop(first_id))
        if failure is not None:
            raise NotYet("fails-good-shop", error=error_words(failure))
    for shop in _BROKEN:
        if _try(bench, test_confirmation, shop) is None:
            raise NotYet(shop.missed, status=shop.status)


def _try(bench: Bench, test: Callable[..., Any], shop: _TestedShop) -> BaseException | None:
    """Run the learner's test for this shop: the exception by which it fails, or None."""
    mails: list[tuple[int, str]] = []
    real = type("NotificationService", (_RealNotifications,), {"mails": mails})

    def get_notifications() -> Any:
        return real()

    app = shop.build(get_notifications)
    run = bench.run if inspect.iscoroutinefunction(test) else bench.call
    failures = run(_reporting(test), app, get_notifications)
    if mails:
        raise NotYet("real-mail")
    if app.dependency_overrides:
        raise NotYet("override-left")
    return failures[0] if failures else None


def _reporting(test: Callable[..., Any]) -> Callable[..., Any]:
    """The test as a function that returns its failures instead of raising them."""
    if not callable(test):
        return test

    def failed(error: BaseException) -> list[BaseException]:
        by_pytest = any(kind.__name__ == "OutcomeException" for kind in type(error).__mro__)
        fails = isinstance(error, Exception) or by_pytest
        if isinstance(error, BlankTouched | NotImplementedError) or not fails:
            raise error
        return [error]

    @functools.wraps(test)
    def run(*args: Any) -> Any:
        try:
            result = test(*args)
        except BaseException as error:
            return failed(error)
        return awaited(result) if inspect.isawaitable(result) else passed(result)

    async def awaited(result: Awaitable[Any]) -> list[BaseException]:
        try:
            said = await result
        except BaseException as error:
            return failed(error)
        return passed(said)

    def passed(result: Any) -> list[BaseException]:
        if result is False:
            raise NotYet("returns-a-verdict")
        return []

    return run
