"""The faces of a report."""

import asyncio
import contextvars
import logging

import pytest
import tenacity
from hypothesis import given
from hypothesis import strategies as st

from course.live import Timeline
from course.tasks import BadOption, Outcome, Report, TaskManager, describe, request_id


@pytest.fixture(scope="module")
def report():
    manager = TaskManager()
    manager.add_task("load", lambda: [1, 2])

    @manager.task(name='clean "rows" <#1>', depends_on=["load"])
    def clean(load):
        raise ValueError("bad row <b>\nsecond line")

    manager.add_task("save", lambda rows: rows, ['clean "rows" <#1>'])

    @manager.task(timeout=0.001)
    async def wait():
        await asyncio.sleep(60)

    @manager.task
    async def cancel():
        asyncio.current_task().cancel()
        await asyncio.sleep(60)

    @manager.task
    async def silent():
        raise KeyError

    return asyncio.run(manager.run())


def test_text(report):
    assert str(report) == repr(report)
    assert str(report) == (
        "6 tasks: 1 done, 2 failed, 1 skipped, 1 timed out, 1 cancelled\n"
        "  load               done\n"
        '  clean "rows" <#1>  failed: ValueError: bad row <b>\n'
        '  save               skipped: because clean "rows" <#1> failed\n'
        "  wait               timed out: TaskTimeout: attempt 1 took longer than 0.001 s\n"
        "  cancel             cancelled\n"
        "  silent             failed: KeyError"
    )


def test_html_is_escaped_and_says_everything_in_words(report):
    page = report._repr_html_()
    assert "<td>ValueError: bad row &lt;b&gt;</td>" in page
    assert "<th scope='row'>clean &quot;rows&quot; &lt;#1&gt;</th>" in page
    assert page.count("<tr>") == 7
    for outcome in Outcome:
        assert f"{outcome}</td>" in page


def test_mermaid(report):
    lines = report.mermaid().splitlines()
    assert lines[0] == "flowchart LR"
    assert '    t0["load<br/>done"]:::done' in lines
    assert '    t1["clean #34;rows#34; #60;#35;1#62;<br/>failed"]:::failed' in lines
    assert "    t0 --> t1" in lines
    assert sum("classDef" in line for line in lines) == 5


def test_it_is_a_mapping_of_records(report):
    assert list(report) == ["load", 'clean "rows" <#1>', "save", "wait", "cancel", "silent"]
    assert len(report) == 6
    assert "load" in report
    assert "nothing" not in report
    record = report["load"]
    assert record.outcome is Outcome.DONE
    assert record.outcome == "done"
    assert record.attempts == 1
    assert record.started <= record.ended
    assert report["save"].attempts == 0
    assert not report.ok


def test_raise_for_failure(report):
    with pytest.raises(BaseExceptionGroup) as caught:
        report.raise_for_failure()
    assert len(caught.value.exceptions) == 4
    assert "2 failed" in str(caught.value)


def test_timeline_draws_the_events(report):
    events = report.events()
    assert len(events) == 10  # a beginning and an end of all but the one that was skipped
    timeline = Timeline.from_events(events)
    assert timeline.before("load", 'clean "rows" <#1>')
    assert str(timeline).startswith("tasks\n  load (worker thread): done\n")
    assert "wait (event loop): failed, TaskTimeout" in str(timeline)
    assert timeline.svg().startswith("<svg")


def test_a_long_report_is_cut():
    manager = TaskManager()
    for i in range(60):
        manager.add_task(f"t{i}", lambda: None)
    report = asyncio.run(manager.run())
    assert str(report).endswith("t49  done\n  … and 10 more")
    assert "and 10 more" in report._repr_html_()


def test_one_task_and_no_task():
    manager = TaskManager()
    assert str(asyncio.run(manager.run())) == "0 tasks: -"
    manager.add_task("a", lambda: None)
    assert str(asyncio.run(manager.run())) == "1 task: 1 done\n  a  done"


def test_refused():
    manager = TaskManager()
    manager.add_task("a", lambda: None, ["b"])
    report = asyncio.run(manager.run())
    assert str(report).startswith("Nothing ran: Task 'a' depends on 'b'")
    assert report.results == {}
    assert report.events() == []
    assert "skipped" in report._repr_html_()
    assert "skipped" in report.mermaid()
    with pytest.raises(type(report.error)):
        report.raise_for_failure()


def _refused_run_of_a_request(manager: TaskManager, known: str) -> None:
    request_id.set(known)
    asyncio.run(manager.run(x=1))


def test_on_report_gets_every_report_and_cannot_break_the_run(caplog):
    seen: list[Report] = []

    def note(report):
        seen.append(report)
        raise OSError("disk full")

    manager = TaskManager(on_report=note)
    manager.add_task("a", lambda: None)
    assert asyncio.run(manager.run()).ok
    assert asyncio.run(manager.run(x=1)).error
    assert [report.ok for report in seen] == [True, False]
    assert "on_report failed" in caplog.text
    caplog.clear()
    contextvars.copy_context().run(_refused_run_of_a_request, manager, "rid-7")
    assert [record.getMessage().rpartition(", ")[2] for record in caplog.records] == ["request rid-7"] * 2

    async def wrong(report): ...

    with pytest.raises(BadOption, match="on_report"):
        TaskManager(on_report=wrong)


class Silent(Exception):
    def __str__(self):
        raise RuntimeError("no text")

    __repr__ = __str__


class Number(Exception):
    def __str__(self):
        return 5


class Deep(Exception):
    def __str__(self):
        return str(self)


def made(text):
    return st.sampled_from(
        [ValueError(text), OSError(2, text), KeyError(text), Silent(), Number(), Deep(), SystemExit(text)]
    )


leaves = (st.text() | st.sampled_from(["two\nlines", "\n\nlate", "\udce9", "  ", "\x1b[31mred"])).flatmap(
    made
)


def groups(inner):
    return st.builds(
        BaseExceptionGroup, st.sampled_from(["g", "two\nlines"]), st.lists(inner, min_size=1, max_size=4)
    )


def leaves_of(error):
    if isinstance(error, BaseExceptionGroup):
        return [leaf for one in error.exceptions for leaf in leaves_of(one)]
    return [error]


@given(st.recursive(leaves, groups, max_leaves=12))
def test_a_report_prints_whatever_was_raised_in_a_line_and_names_what_it_was(error):
    def fail():
        raise error

    manager = TaskManager()
    manager.add_task("fail", fail)
    manager.add_task("after", lambda fail: None, ["fail"])
    logging.disable()  # what pytest captures goes to another process, which takes no lone surrogates
    try:
        report = asyncio.run(manager.run())
    finally:
        logging.disable(logging.NOTSET)
    text = str(report)
    assert len(text.splitlines()) == 3
    text.encode()  # and can be written to a terminal
    report._repr_html_().encode()
    assert str(Timeline.from_events(report.events()))
    for leaf in leaves_of(error)[:5]:
        assert type(leaf).__name__ in text
        if type(leaf) is ValueError and str(leaf).isidentifier():
            assert f"ValueError: {leaf}" in text
    with pytest.raises(BaseExceptionGroup):
        report.raise_for_failure()


def test_a_group_is_described_by_its_leaves():
    async def fail(error):
        raise error

    @(manager := TaskManager()).task
    async def both():
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(fail(ValueError("bad row")))
            tasks.create_task(fail(OSError("disk full")))

    @manager.task
    async def many():
        raise ExceptionGroup("of", [ExceptionGroup("inner", [ValueError(n)]) for n in range(7)])

    manager.add_task(
        "tried",
        fail,
        args=[ConnectionError("down")],
        retry=tenacity.AsyncRetrying(stop=tenacity.stop_after_attempt(2)),
    )
    assert str(asyncio.run(manager.run())).splitlines()[1:] == [
        "  both   failed: ExceptionGroup: unhandled errors in a TaskGroup "
        "(ValueError: bad row; OSError: disk full)",
        "  many   failed: ExceptionGroup: of "
        "(ValueError: 0; ValueError: 1; ValueError: 2; ValueError: 3; ValueError: 4; 2 more)",
        "  tried  failed: RetryError: ConnectionError: down (2 attempts)",
    ]


def test_what_polled_in_vain_looks_the_same_at_every_run():
    """Without an error before it, a RetryError's own text is the address of a future."""
    error = tenacity.RetryError(tenacity.Future(2))
    assert describe(error) == "RetryError"


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_a_report_has_a_line_for_each_task_whatever_its_name(name):
    manager = TaskManager()
    manager.add_task(name, lambda: None)
    report = asyncio.run(manager.run())
    assert len(str(report).splitlines()) == 2
    assert len(report.mermaid().splitlines()) == 3
