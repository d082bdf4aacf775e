"""The faces of a report."""

import asyncio

import pytest

from course.live import Timeline
from course.tasks import BadOption, Outcome, Report, TaskManager


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

    async def wrong(report): ...

    with pytest.raises(BadOption, match="on_report"):
        TaskManager(on_report=wrong)
