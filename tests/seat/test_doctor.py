"""The doctor: each check fails for its reason, with its remedy, and all of them pass here."""

from __future__ import annotations

import json
import logging
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import course
from course.cli import run_inside
from course.seat import Check, Report, _checks, doctor, lock, remedy
from course.seat._round_trips import round_trip

GOOD = Report((Check("python", True, "CPython 3.11.7"), Check("write", True, "/home/ada/workspace")))
BAD = Report(
    (Check("python", True, "CPython 3.11.7"), Check("disk", False, "3 MB free", "Free at least 200 MB."))
)


def test_this_seat_works() -> None:
    """All checks for real, a kernel among them, as lesson 00 calls them."""
    report = course.doctor()
    assert report.ok, report.table()
    assert [check.name for check in report.checks] == list(_checks.CHECKS)


def test_text_of_a_working_seat_is_the_same_everywhere() -> None:
    assert repr(GOOD) == (
        "This seat works: 2 of 2 checks passed.\n"
        "  ok      Python is one that the course supports\n"
        "  ok      the workspace can be written"
    )
    assert "ada" not in GOOD._repr_mimebundle_()["text/html"]


def test_failures_show_what_was_found_and_the_remedy() -> None:
    text = repr(BAD)
    assert "1 of 2 checks failed." in text
    assert "found: 3 MB free" in text
    assert "do: Free at least 200 MB." in text
    assert "Free at least" in BAD._repr_mimebundle_()["text/html"]
    assert BAD.table().splitlines()[1:3] == [
        "FAILED disk        3 MB free",
        " " * 19 + "Free at least 200 MB.",
    ]


@pytest.mark.parametrize(("report", "status"), [(GOOD, 0), (BAD, 1)])
def test_command(
    report: Report, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("course.cli.doctor._report", lambda: report)
    monkeypatch.setattr("course.cli.doctor._elsewhere", list)
    assert run_inside("doctor", []) == status
    assert capsys.readouterr().out == f"{report.table()}\nCode for your instructor: {report.code}\n"
    assert run_inside("doctor", ["--json"]) == status
    read = json.loads(capsys.readouterr().out)
    assert (read["ok"], read["code"]) == (report.ok, report.code)
    assert [check["name"] for check in read["checks"]] == [check.name for check in report.checks]


def test_every_check_has_its_texts() -> None:
    for name in _checks.CHECKS:
        assert Check(name, True, "").meaning
        assert remedy(name)


def _failed(check: Check) -> str:
    assert not check.ok
    assert check.remedy
    assert "{" not in check.remedy
    return check.found


def test_old_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_checks, "too_old", lambda: True)
    _failed(_checks.check_python())


def test_new_python_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_checks, "too_new", lambda: True)
    check = _checks.check_python()
    assert check.ok
    assert "newer" in check.found


def test_other_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "wanted", lambda: {"httpx": "0.0.1", "no-such-package": "1.0"})
    found = _failed(_checks.check_packages())
    assert "(locked: 0.0.1)" in found
    assert "no-such-package missing" in found


def test_nothing_installed_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("packaging", "packaging.requirements", "jupyter_client", "httpx"):
        monkeypatch.setitem(sys.modules, name, None)
    report = Report(
        tuple(_checks._guarded(name, _checks.CHECKS[name]) for name in ("packages", "kernel", "server"))
    )
    assert [check.ok for check in report.checks] == [False] * 3
    assert all("course start" in check.remedy for check in report.checks)


def _answer(monkeypatch: pytest.MonkeyPatch, status: int, out: str, err: str = "") -> None:
    done = subprocess.CompletedProcess([], status, out.encode(), err.encode())
    monkeypatch.setattr(_checks.subprocess, "run", lambda *_, **__: done)


def test_kernel_of_another_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _answer(monkeypatch, 0, json.dumps({"prefix": str(tmp_path)}))
    assert str(tmp_path) in _failed(_checks.check_kernel())


@pytest.mark.parametrize(("status", "out"), [(1, ""), (0, "")])
def test_a_kernel_that_does_not_start(status: int, out: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _answer(monkeypatch, status, out, "Traceback\nRuntimeError: Kernel died before replying")
    assert _failed(_checks.check_kernel()).endswith("RuntimeError: Kernel died before replying")


def test_a_kernel_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_checks, "_KERNEL_SECONDS", 0.01)
    assert "no kernel answered in" in _failed(_checks.check_kernel())


def test_no_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing(socket.socket):
        def bind(self, address: object) -> None:
            raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("course.seat._round_trips.socket.socket", Refusing)
    assert "Permission denied" in _failed(_checks._guarded("server", _checks.check_server))


def test_round_trip_leaves_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    def state(name: str) -> tuple[int, bool, int]:
        log = logging.getLogger(name)
        return log.level, log.propagate, len(log.handlers)

    loggers = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")
    before = [state(name) for name in loggers]
    ports = {round_trip() for _ in range(3)}
    assert all(port > 0 for port in ports)
    assert [state(name) for name in loggers] == before, "a later server would not log what goes wrong"
    assert capfd.readouterr() == ("", "")


def test_workspace_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("COURSE_WORKSPACE", str(tmp_path / "file" / "workspace"))
    check = _checks._guarded("write", _checks.check_write)
    _failed(check)
    assert str(tmp_path) in check.remedy


def test_another_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_checks.locale, "getpreferredencoding", lambda _: "cp1252")
    check = _checks.check_utf8()
    assert "cp1252" in _failed(check)
    assert "PYTHONUTF8" in check.remedy


def test_proxy_that_swallows_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    assert _checks.check_proxy().ok
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    check = _checks.check_proxy()
    assert "http_proxy" in _failed(check)
    assert "NO_PROXY" in check.remedy
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    assert _checks.check_proxy().ok


def test_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_checks, "_NEEDED_MB", 10**9)
    assert "MB free" in _failed(_checks.check_disk())


def test_whatever_a_check_raises_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def explode() -> Check:
        raise RuntimeError("boom")

    monkeypatch.setattr(_checks, "CHECKS", {"disk": explode})
    assert "RuntimeError: boom" in _failed(doctor().checks[0])
