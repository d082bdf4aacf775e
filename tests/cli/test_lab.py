"""JupyterLab as `start` opens it."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import types
import urllib.request
from pathlib import Path

import anyio.to_thread
import pytest

from course.cli import _lab, run_inside
from course.paths import ROOT


def test_a_port_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run_inside("start", ["--port", str(port)]) == 1
    said = capsys.readouterr().err
    assert f"Port {port} is in use by another program." in said
    assert f"--port {port + 1}" in said


def test_without_a_port_the_first_free_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(_lab, "FIRST_PORT", taken.getsockname()[1])
        with _lab.take_port(None) as listener:
            assert listener.getsockname()[1] > _lab.FIRST_PORT
        monkeypatch.setattr(_lab, "_TRIES", 1)
        with pytest.raises(_lab.CannotGoOn, match="No free port"):
            _lab.take_port(None)


def test_no_proxy_for_this_machine() -> None:
    environ = {"NO_PROXY": "intranet.example, localhost"}
    _lab.reach_loopback_directly(environ)
    assert environ["NO_PROXY"] == "intranet.example,localhost,127.0.0.1,::1"
    assert environ["no_proxy"] == "127.0.0.1,localhost,::1"
    everything = {"NO_PROXY": "*"}
    _lab.reach_loopback_directly(everything)
    assert everything["NO_PROXY"] == "*"


def test_other_installations_are_kept_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_WORKSPACE", str(tmp_path))
    environ = {"JUPYTER_PATH": "/conda/share/jupyter", "JUPYTER_CONFIG_PATH": "/x"}
    _lab.isolate(environ)
    assert not {"JUPYTER_PATH", "JUPYTER_CONFIG_PATH"} & environ.keys()
    assert environ["JUPYTER_DATA_DIR"].startswith(str(tmp_path))
    assert not environ["JUPYTERLAB_SETTINGS_DIR"].startswith(str(tmp_path)), "the user's own theme stays"
    assert environ["IPYTHONDIR"].startswith(str(tmp_path)), "the user's startup files would run"
    once = dict(environ)
    _lab.isolate(environ)
    assert environ == once


def test_no_questions_by_default() -> None:
    settings = _lab._SETTINGS[_lab._NOTIFICATIONS]
    assert settings == {"fetchNews": "false", "checkForUpdates": False}


def _lab_that(initialize: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Put another JupyterLab in place, and let what `serve` does to the environment be undone."""
    fake = types.ModuleType("jupyterlab.labapp")
    fake.LabApp = types.SimpleNamespace(initialize_server=initialize)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "jupyterlab.labapp", fake)
    monkeypatch.setitem(sys.modules, "rfc3987_syntax", None)
    monkeypatch.setattr(os, "environ", {**os.environ, "COURSE_WORKSPACE": str(tmp_path)})


def test_lab_that_does_not_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(argv: list[str]) -> None:
        os.write(2, b"KeyError: jupyterlab cannot be imported\n")
        sys.exit(1)

    _lab_that(refuse, monkeypatch, tmp_path)
    with (
        _lab.take_port(None) as listener,
        pytest.raises(_lab.CannotGoOn, match=r"cannot be imported\n.*course doctor"),
    ):
        _lab.serve("00.ipynb", listener, browser=False)


def test_lab_without_a_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(argv: list[str]) -> None:
        raise PermissionError(13, "Permission denied", "/home/ada/.local/share/jupyter/runtime")

    _lab_that(refuse, monkeypatch, tmp_path)
    with (
        _lab.take_port(None) as listener,
        pytest.raises(_lab.CannotGoOn, match=r"/home/ada/\S+ cannot be written"),
    ):
        _lab.serve("00.ipynb", listener, browser=False)


@pytest.mark.long
def test_lab_opens_on_the_first_lesson_and_ends_on_interrupt(tmp_path: Path) -> None:
    """The real thing: the printed address answers, the lesson is there, Ctrl-C ends it."""
    (tmp_path / "notebooks").mkdir()
    lesson = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "notebooks" / "00_erste.ipynb").write_text(json.dumps(lesson), encoding="utf-8")
    program = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from course.cli import _workspace, run_inside\n"
        "_workspace.NOTEBOOKS = Path(sys.argv[2])\n"
        "sys.exit(run_inside('start', ['--no-browser', '--port', sys.argv[3]]))"
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    workspace = tmp_path / "Arbeit für 学习"
    env = {**os.environ, "COURSE_WORKSPACE": str(workspace), "PYTHONUTF8": "1"}
    command = [sys.executable, "-P", "-c", program, str(ROOT), str(tmp_path / "notebooks"), port]
    flags = subprocess.CREATE_NEW_PROCESS_GROUP if sys.platform == "win32" else 0
    with subprocess.Popen(
        command, env=env, stdout=-1, stderr=subprocess.STDOUT, encoding="utf-8", creationflags=flags
    ) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if "Ctrl-C" in line:
                break
        address = re.search(r"http://127\.0\.0\.1:\d+/lab/tree/00_erste\.ipynb\?token=(\w+)", "".join(said))
        assert address, said
        page = urllib.request.urlopen(address.group(0), timeout=30)
        contents = f"http://127.0.0.1:{port}/api/contents/00_erste.ipynb?content=0&token={address.group(1)}"
        assert page.status == 200
        assert json.load(urllib.request.urlopen(contents, timeout=30))["type"] == "notebook"
        process.send_signal(signal.CTRL_BREAK_EVENT if sys.platform == "win32" else signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait(300) == 0, rest
    assert len(said) == 3, f"nothing but the copy, the address and how to stop: {said}"
    assert rest.strip() == f"JupyterLab has stopped. Your work is in {workspace}."


def test_a_port_that_the_system_keeps_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(address: tuple[str, int], backlog: int) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(_lab.socket, "create_server", refuse)
    with pytest.raises(_lab.CannotGoOn, match=r"not let you listen on port 80\.\n.*--port 8888"):
        _lab.take_port(80)


def test_the_page_is_in_the_learners_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """How JupyterLab marks its page by this setting, a browser tells (tests/browser)."""
    monkeypatch.setenv("COURSE_LANGUAGE", "zh_CN")
    assert _lab._menus() == {_lab._MENUS: {"locale": "zh_CN"}}
    monkeypatch.setenv("COURSE_LANGUAGE", "en")
    assert _lab._menus() == {}


def test_a_server_that_is_stopped_in_a_request_leaves_no_thread_behind() -> None:
    """The interpreter would wait for it: a worker of anyio is ended by its task, which never goes on."""
    before = set(threading.enumerate())
    loop = asyncio.new_event_loop()
    has_read = asyncio.Event()

    async def request() -> None:
        await anyio.to_thread.run_sync(threading.get_ident)
        has_read.set()
        await asyncio.sleep(600)

    pending = loop.create_task(request())
    loop.run_until_complete(has_read.wait())
    workers = [each for each in threading.enumerate() if each not in before]
    assert workers
    _lab._end_workers()
    for worker in workers:
        worker.join(60)
        assert not worker.is_alive()
    pending.cancel()
    loop.run_until_complete(asyncio.gather(pending, return_exceptions=True))
    loop.close()
