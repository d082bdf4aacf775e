"""What the exercises of lesson 05 ask of a program: what it does, never how it is written."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import functools
import inspect
import itertools
import operator
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextvars import ContextVar
from typing import Any

from course.lessons.order_and_data import fulfilment, parcel
from course.lessons.order_and_data.hostile import Graph, before, hostile_orders
from course.lessons.order_and_data.probe import (
    ERRORS,
    PATIENCE,
    Probe,
    error_in_words,
    in_words,
    result_of,
    steps,
    taken,
)
from course.lessons.order_and_data.runs import (
    can_be_listed,
    manager_of,
    named_like,
    outcome_of,
)
from course.live import Gate, Server
from course.live.signature import unwrapped
from course.practice import Bench, LateTasks, NotYet, exercise, patiently, patiently_async
from course.practice.pauses import LoopPauses
from course.words import say, strung

HELD_SECONDS = 60
"""How long a customer's data waits at a gate at most; the check opens it long before."""


# ---- the chain and the diamond -------------------------------------------------------------------


class _Cleaned(dict[str, str]):
    """What process_data returns; ``dropped`` is called when nobody has it any more."""

    dropped: Callable[[], None] | None = None

    def __del__(self) -> None:
        if self.dropped is not None:
            self.dropped()


_Raw = dict[str, str]
_Key = tuple[str, str]
_REQUEST: ContextVar[int | None] = ContextVar("which request this is", default=None)


def _key(raw: Mapping[str, str]) -> _Key:
    return raw.get("name", "").strip(), raw.get("city", "").strip()


class _Data:
    """process_data and save_data, and what became of them."""

    def __init__(self) -> None:
        self.began: list[tuple[float, bool]] = []  # when, and whether on the event loop
        self.processed: list[_Raw] = []
        self.saved: list[Any] = []
        self.returns: dict[str, Any] = {}
        """What process_data returns for these names, instead of what it makes of the data."""
        self.errors: dict[str, Exception] = {}
        """What it raises for these names."""
        self.save_error: Exception | None = None
        """What save_data raises."""
        self.loop: asyncio.AbstractEventLoop | None = None
        self.processed_by: dict[_Key, int | None] = {}  # the request in which it was done, if that is known
        self.saved_by: dict[_Key, int | None] = {}
        self._held: dict[_Key, Gate] = {}
        self._threads: dict[int, _Key] = {}  # those in which data that are held are processed
        self._keeping: set[int] = set()  # of these, whose report to the event loop is kept back
        self._kept: dict[int, Callable[[], object]] = {}
        self._lock = threading.Lock()
        self._saving: set[int] = set()
        self._may_be_overtaken = False

    def process_data(self, raw: _Raw) -> Any:
        """Strip every value. Data that are held wait at their gate."""
        key = _key(raw)
        self.began.append((time.perf_counter(), _on_loop()))
        self.processed_by[key] = _REQUEST.get()
        if key in self._held and not _on_loop():
            self._threads[threading.get_ident()] = key
        self.processed.append(dict(raw))
        if key in self._held and not _on_loop():
            self._held[key].wait(HELD_SECONDS)
        name = key[0]
        if name in self.errors:
            raise self.errors[name]
        if name in self.returns:
            return self.returns[name]
        cleaned = _Cleaned({key: value.strip() for key, value in raw.items()})
        cleaned.dropped = self._be_overtaken
        return cleaned

    def save_data(self, cleaned: Any) -> None:
        """Note what is saved; of what process_data has made of the data a copy, so that it can be dropped."""
        self._saving.add(threading.get_ident())
        value = taken(cleaned)
        if isinstance(value, _Cleaned):
            self.saved_by[_key(value)] = _REQUEST.get()
        self.saved.append(dict(value) if isinstance(value, _Cleaned) else value)
        if self.save_error is not None:
            raise self.save_error

    def keep_loop(self, loop: asyncio.AbstractEventLoop) -> None:
        """Keep back, while data are held, what their threads report to this loop."""
        if self.loop is loop:
            return
        self.loop = loop
        report = loop.call_soon_threadsafe

        def kept(*args: Any, **kwargs: Any) -> Any:
            me = threading.get_ident()
            with self._lock:
                if me in self._keeping:
                    self._keeping.remove(me)
                    self._kept[me] = functools.partial(report, *args, **kwargs)
                    return None
            return report(*args, **kwargs)

        with contextlib.suppress(AttributeError):  # a loop of another kind
            loop.call_soon_threadsafe = kept  # type: ignore[method-assign, assignment]

    def hold(self, bench: Bench, *data: _Raw) -> None:
        """From now on these wait to be processed, until `release`."""
        self._threads.clear()
        self._held = {_key(raw): bench.gate(f"{_key(raw)} may be processed") for raw in data}

    def release(self, turns: list[_Key] | None) -> None:
        """Let all that are held be processed at the same time.

        Args:
            turns: the loop hears of them in this order, of each when the one before is saved; or, without,
                of all at once, when each has put its result where it puts it.
        """
        self._saving.clear()
        self._may_be_overtaken = True
        threads = dict(self._threads)
        with self._lock:
            self._keeping, self._kept = set(threads), {}
        for gate in self._held.values():
            gate.open()
        patiently(lambda: threads.keys() <= self._kept.keys() | self._saving, PATIENCE)
        self._may_be_overtaken = False
        with self._lock:
            self._keeping = set()
            kept = sorted(self._kept, key=lambda thread: turns.index(threads[thread]) if turns else 0)
        for thread in kept:
            saved, waits = len(self.saved), turns and thread not in self._saving
            self._kept[thread]()
            if waits:
                patiently(functools.partial(self._more_than, saved), PATIENCE)

    def _more_than(self, saved: int) -> bool:
        return len(self.saved) > saved

    def _be_overtaken(self) -> None:
        """A result is gone: if it was shared, just now, between the two steps of another customer."""
        mine = threading.get_ident()
        if self._may_be_overtaken and mine in self._threads and len(self._threads) > 1:
            self._may_be_overtaken = False
            patiently(lambda: self._saving & (self._threads.keys() - {mine}), PATIENCE)


@exercise("order.one-task", wants=("build_data",))
def check_one_task(bench: Bench, build_data: Callable[..., Any]) -> None:
    """Processed after the response and off the event loop; saved with the result of its own request."""
    data, numbers = _Data(), itertools.count(1)
    app = bench.call(build_data, data.process_data, data.save_data)

    late = LateTasks(app, watch=lambda: data.began)

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        _REQUEST.set(next(numbers) if scope["type"] == "http" else None)
        data.keep_loop(asyncio.get_running_loop())
        await late(scope, receive, send)

    with bench.serve(app, inside=watched, name="build_data") as server:
        _look_at_first(bench, data, server)
        _look_at_each(bench, data, server)
        _look_at_results(bench, data, server)
        _look_at_overtaking(bench, data, server, late)
        _look_at_pairs(bench, data, server)
        _look_at_a_crowd(bench, data, server)
        _look_at_many(bench, data, server)
        _look_at_failed_data(bench, data, server)
        _look_at_failed_saving(bench, data, server)
        _look_at_loop(data)


def _post(bench: Bench, server: Server, raw: _Raw) -> None:
    reply = bench.expect(server.client.post("/data", json=raw), 202)
    if reply.content != b'{"accepted":true}':
        raise NotYet("wrong-answer", got=in_words(reply.text))


def _post_and_wait(bench: Bench, data: _Data, server: Server, raw: _Raw) -> list[Any]:
    """What was saved after this, by whatever does the work."""
    saved, known = len(data.saved), len(server.errors)
    _post(bench, server, raw)
    server.settle()
    patiently(lambda: len(data.saved) > saved or len(server.errors) > known)
    return data.saved[saved:]


def _look_at_first(bench: Bench, data: _Data, server: Server) -> None:
    """What became of the first customer's data."""
    _post_and_wait(bench, data, server, {"name": " Ada "})
    for at, on_loop in data.began:
        if at < server.timeline.end("response#1"):
            if on_loop:
                raise NotYet("blocks-everybody")
            raise NotYet("in-request" if _the_customer_waits(bench, data, server) else "begins-early")
        if on_loop:
            raise NotYet("blocks-the-loop")
    if data.saved and not data.began:
        raise NotYet("saved-raw", got=in_words(*data.saved))
    if server.errors:
        raise NotYet("task-failed", error=error_in_words(server.errors[0]))
    if not data.began:
        raise NotYet("never-ran")
    if len(data.began) > 1:
        raise NotYet("twice", count=len(data.began))
    if not data.saved:
        raise NotYet("not-saved")
    if data.saved != [{"name": "Ada"}]:
        raise NotYet("saved-raw", got=in_words(*data.saved))


def _the_customer_waits(bench: Bench, data: _Data, server: Server) -> bool:
    """Whether the response does not come while these data are processed."""
    raw = {"name": "Zoe"}
    data.hold(bench, raw)
    answered = bench.answers(server.submit("POST", "/data", json=raw))
    data.release(None)
    return not answered


def _look_at_each(bench: Bench, data: _Data, server: Server) -> None:
    """The same data again, none at all, and odd ones: each request counts, and its data are not touched."""
    odd = {"name": "", "_note": "  ", "Straße ": "\tzoë\n", "": " ", "none": ""}
    for raw, what in (
        ({"name": " Ada "}, say("the same data again")),
        ({}, say("an empty object")),
        (odd, in_words(odd)),
    ):
        processed = len(data.processed)
        saved = _post_and_wait(bench, data, server, raw)
        if len(saved) != 1 or len(data.processed) != processed + 1:
            raise NotYet(
                "not-every-request", what=what, saved=len(saved), processed=len(data.processed) - processed
            )
        if data.processed[-1] != raw:
            raise NotYet("changed-data", sent=in_words(raw), got=in_words(data.processed[-1]))
        if saved != [{key: value.strip() for key, value in raw.items()}]:
            raise NotYet("saved-raw", got=in_words(*saved))


def _look_at_results(bench: Bench, data: _Data, server: Server) -> None:
    """Whatever process_data returns is saved as it is."""
    results: tuple[Any, ...] = (
        None,
        False,
        0,
        "",
        {},
        {1: ["two"]},
        ("a", "tuple"),
        ValueError("a result"),
        object(),
    )
    data.returns = {f"Ines {number}": result for number, result in enumerate(results)}
    for name, result in data.returns.items():
        saved = _post_and_wait(bench, data, server, {"name": name})
        if len(saved) != 1 or saved[0] is not result:
            raise NotYet("changed-result", result=in_words(result), got=in_words(*saved))


def _look_at_overtaking(bench: Bench, data: _Data, server: Server, late: LateTasks) -> None:
    """The next request is answered before the first one's task begins."""
    saved, known = len(data.saved), len(server.errors)
    two = [{"name": "Gil", "city": "Bonn"}, {"name": "Gil", "city": "Rome"}]
    with late.held():
        for raw in two:
            _post(bench, server, raw)
    server.settle()
    patiently(lambda: len(data.saved) >= saved + 2 or len(server.errors) > known)
    _look_at_two(data, two, data.saved[saved:])


def _look_at_two(data: _Data, two: list[_Raw], saved: list[Any]) -> None:
    """Of two customers at the same time, each request saved its own data."""
    one, other = (in_words(raw) for raw in two)
    if len(saved) < len(two):
        raise NotYet("one-not-saved", one=one, other=other, got=in_words(*saved))
    if sorted(map(str, saved)) != sorted(map(str, two)):
        raise NotYet("mixed-up", one=one, other=other, got=in_words(*saved))
    processed_by, saved_by = ([by.get(_key(raw)) for raw in two] for by in (data.processed_by, data.saved_by))
    if None not in processed_by and processed_by[0] != processed_by[1] and saved_by == processed_by[::-1]:
        raise NotYet("crossed", one=one, other=other)


def _look_at_pairs(bench: Bench, data: _Data, server: Server) -> None:
    """Two customers at once, who have something in common: the second is answered meanwhile."""
    rome = {"name": "Bob", "city": "Rome"}
    for two, turns in (
        ([{"name": "Bob", "city": "Bonn"}, rome], None),
        ([rome, {"name": "Cleo", "city": "Rome"}], [0, 1]),
        ([{"name": "Dan", "city": "Oslo"}, {"name": "Dan", "city": "Bern"}], [1, 0]),
    ):
        for raw in two:  # from here on what is shared has a result of each
            _post_and_wait(bench, data, server, raw)
        saved = _save_at_once(bench, data, server, two, [_key(two[number]) for number in turns or ()])
        _look_at_two(data, two, saved)


def _save_at_once(bench: Bench, data: _Data, server: Server, two: list[_Raw], turns: list[_Key]) -> list[Any]:
    saved, known, begun = len(data.saved), len(server.errors), len(data.processed)
    data.hold(bench, *two)
    pending = []
    for number, raw in enumerate(two, 1):
        pending.append(server.submit("POST", "/data", json=raw))
        if not patiently(lambda: pending[-1].done):
            raise NotYet("second-waits")
        patiently(functools.partial(_as_many, data.processed, begun + number))
    for reply in pending:
        bench.expect(reply.result(), 202)
    data.release(turns or None)
    patiently(lambda: len(data.saved) >= saved + 2 or len(server.errors) > known)
    server.settle()
    _look_at_loop(data)
    return data.saved[saved:]


_CROWD = 5


def _look_at_a_crowd(bench: Bench, data: _Data, server: Server) -> None:
    """Several customers at once, each of them while all before are processed: in a thread every time."""
    saved, known, begun = len(data.saved), len(server.errors), len(data.processed)
    crowd = [{"name": f"Kim {number}"} for number in range(_CROWD)]
    data.hold(bench, *crowd)
    for number, raw in enumerate(crowd, 1):
        pending = server.submit("POST", "/data", json=raw)
        if not bench.answers(pending):
            raise NotYet("second-waits")
        bench.expect(pending.result(), 202)
        bench.comes(functools.partial(_as_many, data.processed, begun + number))
    data.release(None)
    patiently(lambda: len(data.saved) >= saved + _CROWD or len(server.errors) > known)
    server.settle()
    _look_at_loop(data)


def _look_at_loop(data: _Data) -> None:
    """No data were processed on the event loop, whatever else was at work."""
    if any(on_loop for _, on_loop in data.began):
        raise NotYet("blocks-the-loop-later")


def _as_many(things: list[Any], number: int) -> bool:
    return len(things) >= number


def _look_at_many(bench: Bench, data: _Data, server: Server) -> None:
    """As many requests as a busy minute has, some with the same data."""
    saved, known = len(data.saved), len(server.errors)
    sent = [{"name": f"Max {number // 2}"} for number in range(60)]
    for raw in sent:
        _post(bench, server, raw)
    server.settle()
    patiently(lambda: len(data.saved) >= saved + len(sent) or len(server.errors) > known)
    got = Counter(map(str, data.saved[saved:]))
    for raw in sent:
        if got[str(raw)] != 2:
            raise NotYet("not-all", sent=in_words(raw), requests=len(sent), count=got[str(raw)])


def _look_at_failed_data(bench: Bench, data: _Data, server: Server) -> None:
    """Data that cannot be processed is not saved, the server hears of it, and the next request counts."""
    data.errors = {f"Dora {number}": error("not processed") for number, error in enumerate(ERRORS)}
    for name, error in data.errors.items():
        known, begun = len(server.errors), len(data.processed)
        if saved := _post_and_wait(bench, data, server, {"name": name}):
            raise NotYet("saved-after-failure", got=in_words(*saved))
        if (count := len(data.processed) - begun) > 1:
            raise NotYet("tried-again", name="process_data", count=count)
        if not (told := server.errors[known:]):
            raise NotYet("error-lost", error=error_in_words(error))
        if not any(each is error for top in told for each in _handed_on(top)):
            raise NotYet("other-error", error=error_in_words(error), got=error_in_words(told[0]))
        if len(saved := _post_and_wait(bench, data, server, {"name": "Hal"})) != 1:
            raise NotYet("not-after-failure", count=len(saved))


def _handed_on(error: BaseException) -> list[BaseException]:
    """An exception, those that it groups, and those from which it was raised."""
    found = [error]
    for each in found:
        found += [*getattr(each, "exceptions", ()), *([each.__cause__] if each.__cause__ else [])]
    return found


def _look_at_failed_saving(bench: Bench, data: _Data, server: Server) -> None:
    """Data that cannot be saved: there is one try."""
    for error in ERRORS:
        data.save_error = error("the data cannot be saved")
        saved, known = len(data.saved), len(server.errors)
        _post(bench, server, {"name": "Ian"})
        server.settle()
        patiently(lambda: len(server.errors) > known or len(data.saved) > saved + 1)  # noqa: B023
        if (count := len(data.saved) - saved) > 1:
            raise NotYet("tried-again", name="save_data", count=count)


_DIAMOND: Graph = {"load": [], "clean": ["load"], "count": ["load"], "save": ["clean", "count"]}


_TEXTS: dict[str, Any] = {name: result_of(name) for name in _DIAMOND}
_RESULTS: list[dict[str, Any]] = [
    _TEXTS,
    {"load": [], "clean": [], "count": 0},
    {"load": None, "clean": None, "count": None},
    {"load": ("a", "tuple"), "clean": False, "count": ""},
]
"""What the four return."""

_SECOND = "second "


@exercise("order.diamond", wants=("diamond",))
def check_diamond(bench: Bench, diamond: Callable[..., Any]) -> None:
    """clean in a thread while count is on the loop, both with the rows; save with both results, once."""
    pauses = LoopPauses()

    def on_its_loop(*given: Any) -> Any:
        pauses.of_this_loop()
        return diamond(*given)

    with pauses.watched(diamond):
        try:
            _draw_diamonds(bench, named_like(diamond, on_its_loop), pauses)
        except NotYet:
            if not pauses.noted:  # else its time-out was over at once, whatever came of that
                raise
    if pauses.noted:
        raise NotYet("loop-sleeps", **pauses.longest())


def _draw_diamonds(bench: Bench, diamond: Callable[..., Any], pauses: LoopPauses) -> None:
    probe = Probe(_DIAMOND, sync={"clean"}, slow="save", returns=_TEXTS)
    probe.meet("clean", "count")
    _draw_diamond(bench, diamond, probe, is_first=True)
    if pauses.noted:
        raise NotYet("loop-sleeps", **pauses.longest())
    orders = (("clean", "count"), ("count", "clean"))
    for (first, last), returns in itertools.product(orders, _RESULTS):
        probe = Probe(_DIAMOND, sync={"clean"}, slow="save", returns=returns)
        probe.outlasts(last, first)
        _draw_diamond(bench, diamond, probe)
    _draw_the_same_again(bench, diamond)
    _draw_two_diamonds(bench, diamond)
    _draw_beside_a_busy_one(bench, diamond)
    for fails, error in itertools.product(_DIAMOND, ERRORS):
        _draw_one_that_fails(bench, diamond, fails, error)


def _draw_one_that_fails(
    bench: Bench, diamond: Callable[..., Any], fails: str, error: type[Exception]
) -> None:
    """One of the four fails. Of `clean` and `count` the other one is at work then."""
    probe = Probe(_DIAMOND, sync={"clean"}, fails={fails}, error=error)
    for one, other in (("clean", "count"), ("count", "clean")):
        if fails == one:
            probe.holds(one, until=other)
            probe.outlasts(other, one)

    got = say("no error")

    async def until_clean_ends(*given: Any) -> None:
        nonlocal got
        try:
            await diamond(*given)
        except asyncio.CancelledError:
            got = "`CancelledError`"
            raise
        finally:  # the thread looks at the loop until then
            await patiently_async(lambda: not probe.given["clean"] or probe.has_ended("clean"), 3 * PATIENCE)

    run = named_like(diamond, until_clean_ends)
    raised = outcome_of(bench, run, *_four(probe), probe=probe, may_fail=True).error
    for name in _DIAMOND:
        if len(probe.given[name]) > 1:
            raise NotYet("tried-again", failed=fails, name=name, count=len(probe.given[name]))
    if fails != "save" and probe.given["save"]:
        raise NotYet("saved-after-failure", name=fails, got=in_words(*probe.given["save"][0]))
    if raised is None:
        raise NotYet("error-lost", name=fails, error=error_in_words(probe.errors[fails]), got=got)
    if probe.loop_stood:
        raise NotYet("loop-stands-still-after-failure", name=fails)


def _four(probe: Probe, which: str = "") -> list[Callable[..., Any]]:
    """The four functions. While one of them is at work, an hour goes by."""
    return [_for_an_hour(probe, which + name) for name in _DIAMOND]


def _for_an_hour(probe: Probe, name: str) -> Callable[..., Any]:
    task = probe.tasks[name]
    if name in probe.sync:
        return task

    @functools.wraps(task)
    async def slow(*arguments: Any) -> Any:
        loop = asyncio.get_running_loop()
        now = loop.time
        loop.time = lambda: now() + 3600  # type: ignore[method-assign]
        await steps()  # whoever has set a limit, gives up
        return await task(*arguments)

    return slow


def _draw_diamond(bench: Bench, diamond: Callable[..., Any], probe: Probe, *, is_first: bool = False) -> None:
    """Run it once, and look at what has to be so in every run."""
    outcome_of(bench, diamond, *_four(probe), probe=probe).returned()
    for name in ("clean", "count", "save", "load"):
        if name != "load" and not probe.given[name]:
            if is_first:
                raise NotYet("left-out", name=name)
            raise NotYet("left-out-later", name=name, got=in_words(*map(probe.result, _DIAMOND[name])))
        if len(probe.given[name]) > 1:
            raise NotYet("twice", name=name, count=len(probe.given[name]))
        if name in ("clean", "count") and not _are(probe.given[name][0], probe.result("load")):
            raise NotYet("rows", name=name, got=in_words(*probe.given[name][0]))
    if probe.on_loop["clean"]:
        raise NotYet("blocks-the-loop")
    if probe.alone:
        one, other = sorted(("clean", "count"), key=lambda name: probe.started(name))
        raise NotYet("one-after-the-other", first=one, second=other)
    if probe.loop_stood:
        raise NotYet("loop-stands-still")
    if not _are(probe.given["save"][0], probe.result("clean"), probe.result("count")):
        raise NotYet("wrong-arguments", got=in_words(*probe.given["save"][0]))
    if not probe.has_ended("save"):
        raise NotYet("save-not-awaited")


def _are(given: tuple[Any, ...], *wanted: Any) -> bool:
    """Whether these are the very objects that were wanted."""
    return len(given) == len(wanted) and all(map(operator.is_, given, wanted))


def _draw_the_same_again(bench: Bench, diamond: Callable[..., Any]) -> None:
    """The same functions once more, with the same rows."""
    probe = Probe(_DIAMOND, sync={"clean"}, returns=_TEXTS)
    four = _four(probe)
    for _ in range(2):
        outcome_of(bench, diamond, *four, probe=probe).returned()
    for name in _DIAMOND:
        if len(probe.given[name]) < 2:
            raise NotYet("kept-for-the-next", name=name)


_BOTH: Graph = {
    which + name: [which + need for need in needs]
    for which in ("", _SECOND)
    for name, needs in _DIAMOND.items()
}
"""Two diamonds."""


def _two_diamonds() -> Probe:
    return Probe(_BOTH, sync={"clean", f"{_SECOND}clean"}, returns={name: result_of(name) for name in _BOTH})


def _draw_both(bench: Bench, diamond: Callable[..., Any], probe: Probe) -> None:
    """Run two diamonds at the same time, and look at what each was given."""

    async def two() -> None:
        await asyncio.gather(diamond(*_four(probe)), diamond(*_four(probe, _SECOND)))

    two.__name__ = two.__qualname__ = "diamond"
    outcome_of(bench, two, probe=probe).returned()
    for name, needs in _BOTH.items():
        given = probe.given[name]
        if len(given) != 1 or not _are(given[0], *map(probe.result, needs)):
            wanted = in_words(*map(probe.result, needs))
            got = strung(in_words(*each) for each in given) or say("nothing")
            raise NotYet("mixed-up", name=name.removeprefix(_SECOND), got=got, wanted=wanted)


def _draw_beside_a_busy_one(bench: Bench, diamond: Callable[..., Any]) -> None:
    """Two at the same time: `clean` of each is at work until that of the other one has begun."""
    probe = _two_diamonds()
    probe.meet("clean", f"{_SECOND}clean")
    _draw_both(bench, diamond, probe)
    at = probe.events.index
    for one, other in (("", _SECOND), (_SECOND, "")):
        if at(("end", f"{one}count")) < at(("end", f"{other}clean")) < at(("start", f"{one}clean")):
            raise NotYet("one-thread")


def _draw_two_diamonds(bench: Bench, diamond: Callable[..., Any]) -> None:
    """Two at the same time: their loads end together, and then their counts, when both are clean."""
    probe = _two_diamonds()
    probe.meet("load", f"{_SECOND}load")
    probe.meet(*(which + name for which in ("", _SECOND) for name in ("clean", "count")))

    _end_together(probe, "load", f"{_SECOND}load")
    _end_together(probe, "count", f"{_SECOND}count", after=("clean", f"{_SECOND}clean"))
    _draw_both(bench, diamond, probe)


def _end_together(probe: Probe, *names: str, after: Collection[str] = ()) -> None:
    """Let these, which meet, end in the same round of the loop, so that what they share is overwritten."""
    ended = asyncio.Event()
    arrived: list[str] = []

    def together(name: str) -> Callable[..., Any]:
        task = probe.tasks[name]

        @functools.wraps(task)
        async def ends(*arguments: Any) -> Any:
            result = await task(*arguments)
            await patiently_async(lambda: probe.alone or all(map(probe.has_ended, after)))
            arrived.append(name)
            if len(arrived) == len(names) or probe.alone:
                await steps()
                ended.set()
            await ended.wait()
            return result

        return ends

    probe.tasks.update({name: together(name) for name in names})


# ---- graphs to mend ------------------------------------------------------------------------------

# As they were when the course was imported: a program may change the modules that it works with.
_PARCEL = copy.deepcopy(parcel.AFTER)
_READS = {name: list(inspect.signature(getattr(parcel, name)).parameters) for name in _PARCEL}
_FULFILMENT = copy.deepcopy(fulfilment.AFTER)
_ORDER = type("Order", (), dict(vars(fulfilment.Order)))
_ORDER_METHODS = {name: vars(fulfilment.Order)[name] for name in _FULFILMENT}
_PARCEL_TASKS = {name: getattr(parcel, name) for name in _PARCEL}


@exercise("order.repair", wants=("repaired",))
def check_repair(bench: Bench, repaired: Callable[..., Any]) -> None:
    """No circle; every task after what it reads, and after nothing else."""

    def look(given: Any) -> None:
        graph = _graph(given, _PARCEL)
        for task in graph:
            for read in _READS[task]:
                if read not in before(graph, task):
                    raise NotYet(
                        "backwards" if _is_backwards(graph) else "reads-too-early", task=task, read=read
                    )
        _look_for_needless(graph, _READS)

    with _kept(parcel, _PARCEL_TASKS):
        _look_at_graph(bench, repaired, parcel.AFTER, _PARCEL, look)


def _is_backwards(graph: Graph) -> bool:
    """Whether each task comes before all that it reads."""
    return all(task in before(graph, read) for task, reads in _READS.items() for read in reads)


@exercise("order.missing-edge", wants=("mended",))
def check_missing_edge(bench: Bench, mended: Callable[..., Any]) -> dict[str, Any]:
    """No hostile order fails, and what was parallel and may be is still parallel."""
    orders: list[list[str]] = []

    def look(given: Any) -> None:
        graph = _graph(given, _FULFILMENT)
        orders[:] = hostile_orders(graph) or [list(graph)]
        for order in orders:
            new = _ORDER()
            for name in order:
                try:
                    getattr(new, name)()
                except KeyError as error:
                    raise NotYet(
                        "still-fails", order=", ".join(order), task=name, error=repr(error)
                    ) from None
        needed = {**_FULFILMENT, "label": ["pack", "find_address"], "mail": ["ship", "invoice"]}
        _look_for_needless(graph, needed)

    with _kept(fulfilment.Order, _ORDER_METHODS):
        _look_at_graph(bench, mended, fulfilment.AFTER, _FULFILMENT, look)
    return {"orders": len(orders)}


def _look_at_graph(
    bench: Bench,
    make: Callable[..., Any],
    lent: dict[str, list[str]],
    fresh: Graph,
    look: Callable[[Any], None],
) -> None:
    """Look at what ``make`` returns, with the lesson's graph as it was, or as a cell has made it; twice.

    The second call finds the graph as it was, and then as the first one has left it.
    """
    name = getattr(make, "__name__", type(make).__name__)
    kept = [(graph, copy.deepcopy(graph)) for graph in (lent, *_graphs_beside(make, lent))]

    def look_with(content: Graph, times: int = 1) -> None:
        with _lent(lent, content):
            for number in range(times):
                try:
                    look(bench.call(make))
                except NotYet:
                    if number and (changed := [task for task in content if lent.get(task) != content[task]]):
                        raise NotYet("shared-changed", name=name, task=changed[0]) from None
                    raise

    def that_fits() -> Graph:
        try:
            look_with(fresh)
        except NotYet:
            if lent != fresh:
                with contextlib.suppress(NotYet):
                    look_with(lent)
                    return lent
            raise
        return fresh

    content = {task: list(needs) for task, needs in that_fits().items()}
    try:
        look_with(content)
        look_with(content, times=2)
    except NotYet as miss:
        if miss.miss == "shared-changed":
            raise
        if changed := [task for graph, was in kept for task in was if graph.get(task) != was[task]]:
            raise NotYet("shared-changed", name=name, task=changed[0]) from None
        raise NotYet("first-call-only", name=name) from None


def _graphs_beside(make: Callable[..., Any], lent: dict[str, list[str]]) -> list[dict[str, list[str]]]:
    """Those of the program's own cells that are like the lesson's: what is imported by name is a copy."""
    names = getattr(unwrapped(make), "__globals__", {})
    return [value for value in names.values() if type(value) is dict and value == lent and value is not lent]


@contextlib.contextmanager
def _lent(graph: dict[str, list[str]], content: Graph) -> Iterator[None]:
    """The graph with a copy of this content; whatever is done to it is undone afterwards."""
    kept = dict(graph)
    copied = {name: list(needs) for name, needs in content.items()}
    lists = {name: list(needs) for name, needs in kept.items()}
    graph.clear()
    graph.update(copied)
    try:
        yield
    finally:
        graph.clear()
        graph.update(kept)
        for name, needs in lists.items():
            graph[name][:] = needs


@contextlib.contextmanager
def _kept(owner: object, functions: Mapping[str, Callable[..., Any]]) -> Iterator[None]:
    """Put the lesson's functions back, whatever a program has put in their place."""
    try:
        yield
    finally:
        for name, function in functions.items():
            setattr(owner, name, function)


def _look_for_needless(graph: Graph, needed: Graph) -> None:
    """No task waits for one that it does not need, directly or not."""
    for task in graph:
        for other in sorted(before(graph, task) - before(needed, task)):
            raise NotYet("needless", task=task, other=other)


def _graph(given: Any, names: Graph) -> Graph:
    """What the learner returned, if it is a graph of exactly these tasks and without a circle."""
    if not isinstance(given, Mapping):
        raise NotYet("not-a-graph", got=type(given).__name__)
    for name, needs in given.items():
        if not can_be_listed(needs):
            raise NotYet("not-a-list", task=name, got=in_words(needs))
    for name in (*given, *itertools.chain(*given.values())):
        if not isinstance(name, str) and str(name) not in names:
            raise NotYet("not-a-name", got=in_words(name))
    graph = {str(name): [str(need) for need in needs] for name, needs in given.items()}
    for name in (*names, *graph, *itertools.chain(*graph.values())):
        if name not in names or name not in graph:
            raise NotYet("other-tasks", name=name)
    graph = {name: graph[name] for name in names}
    if path := _circle(graph):
        raise NotYet("circle", path=" -> ".join(path))
    return graph


def _circle(graph: Graph) -> list[str]:
    return list(manager_of(graph).find_cycle())


def _on_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
