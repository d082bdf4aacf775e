"""What a learner reads who writes the program wrongly in an ordinary way."""

import asyncio
import dataclasses
import functools
from collections.abc import Callable
from typing import Any
from unittest.mock import AsyncMock

import pytest
from fastapi import BackgroundTasks, Depends, FastAPI
from pydantic import BaseModel

from course.practice import (
    Bench,
    ContentError,
    NotYet,
    Result,
    ____,
    examine,
    exercise,
    find_exercise,
    lesson,
)


def result_of(build: Any) -> Result:
    found = lesson("rehearsal")
    return examine(find_exercise("demo.welcome", found), found, found.text.exercises["demo.welcome"], [build])


def result_with(check: Callable[[Bench, Any], Any], thing: Any = len) -> Result:
    found = lesson("rehearsal")
    changed = dataclasses.replace(
        find_exercise("demo.welcome", found),
        check=lambda bench, build_register: check(bench, build_register) or {"address": "nobody"},
    )
    return examine(changed, found, found.text.exercises["demo.welcome"], [thing])


def app_with(
    endpoint: Callable[..., Any], path: str = "/register", method: str = "POST"
) -> Callable[..., FastAPI]:
    def build_register(send_welcome_email: Any) -> FastAPI:
        app = FastAPI()
        app.api_route(path, methods=[method], status_code=201)(endpoint)
        return app

    return build_register


class Order(BaseModel):
    number: int


def endpoint() -> None: ...


def takes_order(order: Order) -> None: ...


def raises_key_error() -> None:
    {}["email"]


def test_a_wrong_signature() -> None:
    def build_register() -> None: ...

    result = result_of(build_register)
    assert result.miss == "engine.signature"
    assert "calls it: `build_register(send_welcome_email)`. Yours is `build_register()`" in result.message


def test_a_signature_is_told_without_annotations_and_defaults_stay() -> None:
    def build_register(a: int, *, b: str = "x") -> None: ...

    assert (
        "`build_register(a, *, b='x')`" in result_with(lambda bench, f: bench.call(f), build_register).message
    )


def test_an_exception_with_the_learners_line() -> None:
    def build_register(send_welcome_email: Any) -> None:
        raises_key_error()

    result = result_of(build_register)
    assert result.miss == "engine.raised"
    assert "ended with `KeyError: 'email'`. That was at line" in result.message
    assert '`{}["email"]`' in result.message


def test_an_exception_inside_of_a_library_names_the_learners_line() -> None:
    def build_register(send_welcome_email: Any) -> None:
        FastAPI().get("/", dependencies=[Depends("no function")])(endpoint)

    assert '`FastAPI().get("/"' in result_of(build_register).message


def test_an_address_in_an_exception_is_left_out() -> None:
    def build_register(send_welcome_email: Any) -> None:
        raise ValueError(object())

    assert "`ValueError: <object object>`" in result_of(build_register).message


def test_an_exception_in_a_group_is_named_with_its_own_line() -> None:
    async def fail() -> None:
        raises_key_error()

    async def build_register(send_welcome_email: Any) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail())

    message = result_with(lambda bench, f: bench.run(f, None), build_register).message
    assert "ended with `ExceptionGroup` with `KeyError: 'email'` in it. That was at line" in message
    assert '`{}["email"]`' in message


def test_a_name_that_is_not_defined_may_come_from_a_cell_that_has_not_run() -> None:
    def build_register(send_welcome_email: Any) -> None:
        NewOrder  # type: ignore[name-defined] # noqa: B018, F821

    assert "a cell further up that defines `NewOrder`? Run it first" in result_of(build_register).message


def helper() -> None:
    misspelt()  # type: ignore[name-defined] # noqa: F821


def swallows_its_own_mistake() -> None:
    try:
        helper()
    except Exception:
        return


def sets_what_it_reads() -> None:
    global _made
    _made = 1  # type: ignore[name-defined]
    print(_made, len, __name__)  # type: ignore[name-defined]


def finds_out_for_itself() -> object:
    try:
        return optional  # type: ignore[name-defined]
    except NameError:
        return None


def set_by_another() -> None:
    print(_later)  # type: ignore[name-defined]


def sets_it() -> None:
    global _later
    _later = 1  # type: ignore[name-defined]


class Lines:
    def of(self) -> list[int]:
        class Kept:
            one = 1
            two = one + 1

        return [sets_what_it_reads() or each for each in range(Kept.two)]


class Outer:
    def method(self) -> None:
        swallows_its_own_mistake()


@pytest.mark.parametrize(
    "task", [swallows_its_own_mistake, lambda: Outer().method()], ids=["function", "class"]
)
def test_a_name_that_is_not_defined_is_named_although_nobody_sees_its_error(task: Any) -> None:
    def build_register(send_welcome_email: Any) -> FastAPI:
        app = FastAPI()
        app.post("/register", status_code=201)(task)
        return app

    message = result_of(build_register).message
    assert "NameError" not in message
    assert "`helper` uses `misspelt`, which is not defined. Is there a cell further up" in message


def test_a_program_that_defines_all_of_its_names_is_told_of_none() -> None:
    def build_register(send_welcome_email: Any) -> FastAPI:
        def task() -> None:
            sets_what_it_reads()
            finds_out_for_itself()
            sets_it()
            set_by_another()
            Lines().of()
            later()

        app = app_with(task)(None)

        def later() -> int:
            return 1

        return app

    assert "not defined" not in result_of(build_register).message


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        ("x", "an object of type `str`"),
        (pytest, "the module `pytest`"),
        (FastAPI(), "an application (`FastAPI`)"),
    ],
)
def test_something_else_under_the_name(thing: Any, words: str) -> None:
    result = result_of(thing)
    assert result.miss == "engine.not-a-function"
    assert f"`build_register` is {words}" in result.message


def test_a_mock_pretends_to_have_code() -> None:
    assert result_of(AsyncMock()).miss in {"engine.coroutine", "engine.not-an-app"}


def test_a_lambda_goes_by_the_name_that_it_has_in_the_notebook() -> None:
    assert "`build_register(send_welcome_email)`" in result_of(lambda: None).message


@pytest.mark.parametrize("thing", [None, ..., ____])
def test_nothing_under_the_name(thing: Any) -> None:
    assert result_of(thing).state == "not attempted"


@pytest.mark.parametrize(
    ("value", "words"),
    [(endpoint, "the function `endpoint`"), (FastAPI, "the class `FastAPI`"), (3, "an object of type `int`")],
)
def test_something_else_than_an_app(value: Any, words: str) -> None:
    def build_register(send_welcome_email: Any) -> Any:
        return value

    result = result_of(build_register)
    assert result.miss == "engine.not-an-app"
    assert f"`build_register` returned {words}" in result.message


def test_an_async_builder() -> None:
    async def build_register(send_welcome_email: Any) -> None: ...

    assert result_of(build_register).miss == "engine.coroutine"


def test_not_implemented_is_not_attempted() -> None:
    def build_register(send_welcome_email: Any) -> None:
        raise NotImplementedError

    result = result_of(build_register)
    assert (result.state, result.miss) == ("not attempted", None)


def test_a_blank_in_code_that_does_not_run() -> None:
    def build_register(send_welcome_email: Any) -> None:
        if send_welcome_email is None:
            ____()

    assert "still a blank" in result_of(build_register).message


@pytest.mark.parametrize(
    ("build", "miss", "words"),
    [
        (app_with(endpoint, path="/registers"), "not-there", "`POST /register` was answered with 404"),
        (app_with(endpoint, method="GET"), "wrong-method", "405"),
        (app_with(takes_order), "refused", "`body.number`: Field required"),
        (app_with(raises_key_error), "endpoint-raised", '`{}["email"]`'),
        (lambda send: FastAPI(), "not-there", "404"),
    ],
)
def test_a_status_explained(build: Any, miss: str, words: str) -> None:
    result = result_of(build)
    assert result.miss == f"engine.{miss}"
    assert words in result.message


def test_another_status() -> None:
    def build_register(send_welcome_email: Any) -> FastAPI:
        app = FastAPI()
        app.post("/register")(endpoint)
        return app

    assert "answered with 200, and this exercise expects 201" in result_of(build_register).message


def test_a_program_in_another_shape_is_as_good() -> None:
    def build(send_welcome_email: Any, extra: str) -> FastAPI:
        app = FastAPI()

        @app.post("/register", status_code=201)
        async def register(tasks: BackgroundTasks) -> None:
            tasks.add_task(send_welcome_email, "ada@example.org")

        return app

    assert result_of(functools.partial(build, extra="x")).passed

    class Builder:
        def __call__(self, send_welcome_email: Any) -> FastAPI:
            return build(send_welcome_email, "x")

    assert result_of(Builder()).passed
    assert result_of(Builder().__call__).passed


def test_a_gate_and_a_spy_that_wait_in_vain() -> None:
    result = result_with(lambda bench, _: bench.gate("the mail server").wait(0.01))
    assert result.miss == "engine.gate-stayed-closed"
    assert "'the mail server' was not opened" in result.message
    result = result_with(lambda bench, _: bench.spy("send").wait(timeout=0.01))
    assert result.message.startswith("`send` should have been called, and was not, within 0.01 seconds.")


def test_a_fault_of_the_check_is_ours() -> None:
    def check(bench: Bench, build: Any) -> None:
        raise LookupError("oops")

    result = result_with(check)
    assert result.miss == "engine.our-fault"
    assert "`LookupError: oops`" in result.message
    assert "fault of the course" in result.message


def test_a_list_in_place_of_a_number_is_no_fault_of_the_check() -> None:
    def check(bench: Bench, build: Any) -> None:
        handed_over: Any = [[7]]
        assert {*handed_over} == {7}

    result = result_with(check)
    assert result.miss == "engine.unhashable"
    assert "a value of type `list`" in result.message


@pytest.mark.parametrize("miss", [NotYet("no-such-miss"), NotYet("wrong-address"), NotYet("engine.nothing")])
def test_a_miss_that_the_catalogue_does_not_have_is_our_fault_too(miss: NotYet) -> None:
    def check(bench: Bench, build: Any) -> None:
        raise miss

    assert result_with(check).miss == "engine.our-fault"


def test_a_field_of_passed_that_nobody_fills_is_our_fault() -> None:
    assert result_with(lambda bench, _: {"other": 1}).miss == "engine.our-fault"


def test_run_awaits_what_the_program_returns() -> None:
    async def double(number: int) -> int:
        return 2 * number

    assert "ran for `42`" in result_with(lambda bench, f: {"address": bench.run(f, 21)}, double).message
    assert "ran for `3`" in result_with(lambda bench, f: {"address": bench.run(f, "abc")}, len).message


def test_spies_tell_where_they_ran() -> None:
    def check(bench: Bench, build: Any) -> dict[str, Any]:
        spies = [bench.spy("plain"), bench.spy("awaited", "async"), bench.spy("late", raises=ValueError)]
        app = FastAPI()

        @app.get("/")
        async def index(tasks: BackgroundTasks) -> None:
            for spy in spies:
                tasks.add_task(spy.function, 1, b=2)

        with bench.serve(app) as server:
            bench.expect(server.client.get("/"))
            bench.settle()
        seen = [(spy.calls[0].thread, spy.calls[0].values, spy.function.__name__) for spy in spies]
        return {"address": (seen, [str(error) or type(error).__name__ for error in server.errors])}

    seen = [
        ("worker thread", (1, 2), "plain"),
        ("event loop", (1, 2), "awaited"),
        ("worker thread", (1, 2), "late"),
    ]
    assert f"ran for `{(seen, ['ValueError'])}`" in result_with(check).message


def test_a_coroutine_that_nobody_awaits_is_found() -> None:
    def check(bench: Bench, build: Any) -> dict[str, Any]:
        spy = bench.spy("send", "async")
        app = FastAPI()

        @app.get("/")
        async def index(tasks: BackgroundTasks) -> None:
            tasks.add_task(lambda: spy.function())

        with bench.serve(app) as server:
            bench.expect(server.client.get("/"))
            bench.settle()
        assert not spy.called
        return {"address": bench.lost_coroutines}

    assert "ran for `['send']`" in result_with(check).message


def test_an_author_is_told_at_once() -> None:
    with pytest.raises(TypeError, match=r"takes \(bench\), but wants asks for \(bench, build\)"):

        @exercise("demo.other", wants=("build",))
        def check(bench: Bench) -> None: ...

    with pytest.raises(ContentError, match="8 seconds at most"):
        exercise("demo.other", wants=("build",), deadline=20)
