"""A kernel that lost one of its ports to another program is started again, as JupyterLab does it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from course import kernel

DIES = """
import os, pathlib
starts = pathlib.Path({starts!r})
with starts.open("a") as file:
    file.write("started\\n")
if len(starts.read_text().splitlines()) <= {deaths}:
    os._exit(1)
"""
"""What Python does first in a process that is to die so many times."""


def surroundings(folder: Path, deaths: int) -> dict[str, str]:
    starts = folder / "starts"
    (folder / "sitecustomize.py").write_text(DIES.format(starts=str(starts), deaths=deaths), encoding="utf-8")
    return os.environ | {"PYTHONPATH": str(folder)}


@pytest.mark.parametrize("deaths", [0, 2])
def test_it_answers_after_some_have_died(tmp_path: Path, deaths: int) -> None:
    manager, client = kernel.started(env=surroundings(tmp_path, deaths))
    try:
        reply = client.execute_interactive("", user_expressions={"sum": "6 * 7"}, timeout=300, silent=True)
        assert reply["content"]["user_expressions"]["sum"]["data"]["text/plain"] == "42"
    finally:
        kernel.end(manager, client)
    assert len((tmp_path / "starts").read_text(encoding="utf-8").splitlines()) == deaths + 1


def test_it_says_so_when_all_have_died(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="Kernel died"):
        kernel.started(env=surroundings(tmp_path, 100), stderr=subprocess.DEVNULL)
    assert len((tmp_path / "starts").read_text(encoding="utf-8").splitlines()) == kernel.STARTS


def test_another_error_is_not_tried_again() -> None:
    tries = []

    def start() -> None:
        tries.append(1)
        raise RuntimeError("Kernel didn't respond in 60 seconds")

    with pytest.raises(RuntimeError, match="respond"):
        kernel.start_again_if_it_dies(start)
    assert len(tries) == 1
