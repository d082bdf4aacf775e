"""A kernel that lost one of its ports to another program is started again, whoever starts it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from course import kernel
from course.notebook import code_cells
from course.publish import _refresh
from course.publish._gate import run_gate


def test_it_says_so_when_all_have_died() -> None:
    tries = []

    def start(seconds: float) -> None:
        tries.append(seconds)
        raise RuntimeError("Kernel died before replying to kernel_info")

    with pytest.raises(RuntimeError, match="died"):
        kernel.start_again_if_it_fails(start)
    assert tries == [kernel.FIRST_ANSWER_SECONDS] * kernel.STARTS


def test_a_silent_one_is_tried_once_more_and_given_more_time() -> None:
    waited = []

    def start(seconds: float) -> None:
        waited.append(seconds)
        raise RuntimeError(f"Kernel didn't respond in {seconds} seconds")

    with pytest.raises(RuntimeError, match="in 180 seconds"):
        kernel.start_again_if_it_fails(start, 180)
    assert waited == [kernel.FIRST_ANSWER_SECONDS, 180]


def test_who_has_little_patience_has_it_twice() -> None:
    waited = []

    def start(seconds: float) -> None:
        waited.append(seconds)
        raise RuntimeError(f"Kernel didn't respond in {seconds} seconds")

    with pytest.raises(RuntimeError, match="in 10 seconds"):
        kernel.start_again_if_it_fails(start, 10)
    assert waited == [10, 10]


def test_another_error_is_not_tried_again() -> None:
    tries = []

    def start(seconds: float) -> None:
        tries.append(seconds)
        raise RuntimeError("No such kernel")

    with pytest.raises(RuntimeError, match="such"):
        kernel.start_again_if_it_fails(start)
    assert len(tries) == 1


STEALS = """
import json, os, pathlib, socket, sys
if "ipykernel_launcher" in sys.orig_argv:
    starts = pathlib.Path({starts!r})
    with starts.open("a") as file:
        file.write("started\\n")
    if len(starts.read_text().splitlines()) == 1:
        ports = json.loads(pathlib.Path(sys.orig_argv[sys.orig_argv.index("-f") + 1]).read_text())
        taken = socket.socket()
        taken.bind((ports["ip"], ports[{port!r}]))
        sys.modules["taken"] = taken
"""
"""What Python does first in a kernel whose port another program has: the socket stays until it ends."""


def refreshed(path: Path) -> str:
    cell = code_cells(_refresh.execute(nbformat.read(path, as_version=4), path))[0]
    return str(cell.outputs[0].data["text/plain"])


def gated(path: Path) -> str:
    (path.parent / "conftest.py").write_text(
        "from course import kernel\n"
        f"kernel.FIRST_ANSWER_SECONDS = {kernel.FIRST_ANSWER_SECONDS}\n"
        'pytest_plugins = ["course.publish.plugin"]\n',
        encoding="utf-8",
    )
    (path.parent / "pytest.ini").write_text(
        "[pytest]\naddopts = --nbval --nbval-current-env --nbval-kernel-startup-timeout=180\n",
        encoding="utf-8",
    )
    run = run_gate(path.parent, path.name)
    assert not run.failed, run.output
    return " ".join(run.outcomes.values())


def answered(path: Path) -> str:
    manager, client = kernel.started(stderr=subprocess.DEVNULL, cwd=str(path.parent))
    try:
        reply = client.execute_interactive("", user_expressions={"sum": "6 * 7"}, timeout=300, silent=True)
        return str(reply["content"]["user_expressions"]["sum"]["data"]["text/plain"])
    finally:
        kernel.end(manager, client)


@pytest.mark.long
@pytest.mark.parametrize("port", ["shell_port", "iopub_port"], ids=["it ends", "it is silent"])
@pytest.mark.parametrize(
    ("run", "said"),
    [(answered, "42"), (refreshed, "42"), (gated, "PASSED")],
    ids=["the doctor", "refresh", "the gate"],
)
def test_whoever_starts_a_kernel_starts_it_again(
    run: Callable[[Path], str], said: str, port: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts = tmp_path / "starts"
    (tmp_path / "sitecustomize.py").write_text(STEALS.format(starts=str(starts), port=port), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(kernel, "FIRST_ANSWER_SECONDS", 4.0)  # what is too little on a busy machine as well
    cell = nbformat.v4.new_code_cell("6 * 7", id="sum", execution_count=1)
    cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "42"}, execution_count=1)]
    (tmp_path / "run").mkdir()
    path = tmp_path / "run" / "00_lesson.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)

    assert run(path) == said
    assert len(starts.read_text(encoding="utf-8").splitlines()) >= 2
