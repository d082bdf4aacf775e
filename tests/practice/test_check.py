import ast
import asyncio
import os
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path

import pytest
from fastapi import BackgroundTasks, FastAPI

from course.live import serve
from course.paths import ROOT
from course.practice import LateTasks, bank, check, lesson


def programs() -> dict[str, bank.Program]:
    return {program.name: program for program in bank.programs(lesson("rehearsal"), "demo.welcome")}


def test_each_program_of_the_bank_gets_its_own_answer() -> None:
    found = {name: program.check() for name, program in programs().items()}
    assert {name: result.miss or result.state for name, result in found.items()} == {
        "starter": "not attempted",
        "right_reference": "passed",
        "right_async": "passed",
        "wrong_called": "called-not-passed",
        "wrong_forgotten": "never-called",
        "wrong_argument": "wrong-address",
        "wrong_return": "engine.returned-nothing",
    }


def test_a_name_that_is_not_there_is_not_an_attempt() -> None:
    result = check("demo.welcome")
    assert result.state == "not attempted"
    assert "`build_register`" in result.message


def test_nothing_is_checked_while_python_cannot_read_the_cell(tmp_path: Path) -> None:
    """The cell before, or that of the exercise, if the front end says which one that is."""
    cells = (
        "from course import check",
        "def app(:\n    return",
        "after_error = check('start.ping')",
        "after_check = check('start.ping')",
        "ping-exercise: def build_ping(:",
        "other: 1",
        "after_other = check('start.ping')",
        "ping-exercise: build_ping = 1",
        "after_repair = check('start.ping')",
    )
    program = (
        "import sys; from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "from course.practice import _notebook; _notebook.listen()\n"
        "for cell in sys.argv[1:]:\n"
        "    id, colon, source = cell.partition(': ')\n"
        "    shell.run_cell(source, cell_id=id) if colon and '\\n' not in cell else shell.run_cell(cell)\n"
        "names = ('after_error', 'after_check', 'after_other', 'after_repair')\n"
        "print([shell.user_ns[name].message for name in names])"
    )
    env = os.environ | {
        "PYTHONPATH": str(ROOT),
        "COURSE_WORKSPACE": str(tmp_path),
        "IPYTHONDIR": str(tmp_path),
    }
    said = subprocess.check_output([sys.executable, "-c", program, *cells], env=env, text=True)
    after_error, after_check, after_other, after_repair = ast.literal_eval(said.splitlines()[-1])
    told = "Python could not read your cell: `SyntaxError` in its line 1."
    assert after_error.startswith(told)
    assert "Python could not read" not in after_check
    assert after_other.startswith(told)
    assert "Python could not read" not in after_repair


def test_what_an_earlier_cell_left_behind_does_not_complain_under_a_check(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def fail() -> None:
        raise ValueError("of an earlier exercise")

    async def leave_behind() -> weakref.ref[asyncio.Task[None]]:
        task = asyncio.create_task(fail())
        await asyncio.sleep(0)
        circle: list[object] = [task]
        circle.append(circle)  # so that only the collector finds it
        return weakref.ref(task)

    left = asyncio.run(leave_behind())
    assert left() is not None
    check("demo.welcome")
    assert left() is None
    assert "earlier exercise" not in capsys.readouterr().err


def test_a_request_is_overtaken_by_the_next_one() -> None:
    latest: dict[str, str] = {}
    used: list[str] = []
    app = FastAPI()

    @app.post("/{name}")
    def note(name: str, tasks: BackgroundTasks) -> None:
        latest["name"] = name
        tasks.add_task(lambda: used.append(latest["name"]))

    late = LateTasks(app)
    with serve(late) as server:
        with late.held():
            for name in ("first", "second"):
                server.client.post(f"/{name}")
        server.settle()
    assert used == ["second", "second"]


def test_a_response_is_held_back_for_what_ought_to_come_after_it() -> None:
    called: list[float] = []
    app = FastAPI()

    @app.post("/")
    def begin() -> None:
        threading.Timer(0.001, lambda: called.append(time.perf_counter())).start()

    with serve(LateTasks(app, watch=lambda: called)) as server:
        server.client.post("/")
    assert called[0] < server.timeline.start("response")
