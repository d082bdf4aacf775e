"""Ten seats with one fault each, made for real: the doctor names each, and nothing else."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from course.cli import run_inside
from course.paths import ROOT
from course.seat import Check, _checks, decode

if TYPE_CHECKING:
    from tests.cli.conftest import Checkout

QUICK = [name for name in _checks.CHECKS if name not in ("packages", "kernel", "server")]
PROGRAM = f"""
import json, sys
sys.path.insert(0, {str(ROOT)!r})
from course.seat import doctor
print(json.dumps(doctor(without=("packages", "kernel", "server")).as_dict()))
"""
VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """The variables of a healthy seat."""
    kept = {name: value for name, value in os.environ.items() if name.lower() not in VARIABLES}
    workspace = tmp_path / "workspace"
    return {**kept, "COURSE_WORKSPACE": str(workspace), "PYTHONUTF8": "1"}


def _failed(env: dict[str, str], *, inside: tuple[str, ...] = ()) -> dict[str, str]:
    """The quick checks that fail in a process with those variables, with what was found."""
    done = subprocess.run([*inside, sys.executable, "-c", PROGRAM], env=env, capture_output=True, timeout=300)
    report = json.loads(done.stdout)
    assert len(report["checks"]) == len(QUICK)
    failed = {check["name"]: check["found"] for check in report["checks"] if not check["ok"]}
    assert decode(report["code"]).failed == tuple(failed)
    return failed


def test_a_healthy_seat_gives_no_alarm(env: dict[str, str]) -> None:
    assert _failed(env) == {}


def test_bad_proxy(env: dict[str, str]) -> None:
    assert list(_failed({**env, "http_proxy": "http://proxy.example:3128"})) == ["proxy"]


def test_locale_that_is_not_utf_8(env: dict[str, str]) -> None:
    changed = {**env, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    changed.pop("PYTHONIOENCODING", None)
    assert list(_failed(changed)) == ["utf-8"]


def _mounted(options: str, folder: Path) -> tuple[str, ...]:
    """A command that runs another one where that folder is a disk of its own."""
    script = f'mount -t tmpfs -o {options} none "$0" && exec "$@"'
    command = ("unshare", "-rm", "sh", "-c", script, str(folder))
    if not shutil.which("unshare") or subprocess.run([*command, "true"], capture_output=True).returncode:
        pytest.skip("this system does not let tests mount a disk")
    return command


@pytest.mark.parametrize(("options", "name"), [("ro", "write"), ("size=1m", "disk")])
def test_read_only_folder_and_full_disk(options: str, name: str, env: dict[str, str], tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    failed = _failed({**env, "COURSE_WORKSPACE": str(disk)}, inside=_mounted(options, disk))
    assert list(failed) == [name]


def test_no_port(monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as taken:
        first = taken.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
        monkeypatch.setattr(_checks, "PORTS", range(first, first + 1))
        check = _checks.check_port()
        assert not check.ok
        assert f"{first} to {first}" in check.found
        assert "--port" in check.remedy
        monkeypatch.setattr(_checks, "PORTS", range(first, first + 20))
        assert _checks.check_port().ok, "another JupyterLab is no fault"


# a clock that is off


def _commit(folder: Path, seconds: float) -> None:
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b.c"]
    date = f"@{int(seconds)} +0000"
    env = {**os.environ, "GIT_COMMITTER_DATE": date, "GIT_AUTHOR_DATE": date}
    for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "x"]):
        subprocess.run([*git, *command], env=env, check=True)


@pytest.mark.parametrize(("days", "ok"), [(-400, True), (0.5, True), (30, False)])
@pytest.mark.parametrize("how", ["commit", "files"])
def test_clock_before_the_course(
    how: str, days: float, ok: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = time.time() + days * 86_400
    (tmp_path / "requirements.txt").touch()
    os.utime(tmp_path / "requirements.txt", (there, there))
    for name, path in (("ROOT", tmp_path), ("LOCK", tmp_path / "requirements.txt"), ("NOTEBOOKS", tmp_path)):
        monkeypatch.setattr(_checks, name, path)
    if how == "commit":
        if shutil.which("git") is None:
            pytest.skip("there is no git")
        os.utime(tmp_path / "requirements.txt", (2**32, 2**32))  # git writes files now, whenever that is
        _commit(tmp_path, there)
    _expect_clock(_checks.check_clock(), ok)


def _expect_clock(check: Check, ok: bool) -> None:
    assert check.ok == ok, check.found
    assert ok or "Set this machine's date" in check.remedy


@pytest.fixture
def front(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The machine in front, whose clock is off by the seconds in the list."""
    off = [0.0]

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200)
            self.end_headers()

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string(time.time() + off[0])

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        address = tmp_path / "address"
        address.write_text(f"http://127.0.0.1:{server.server_address[1]}\n", encoding="utf-8")
        monkeypatch.setattr(_checks, "WHEELHOUSE_URL", address)
        yield off
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("seconds", "ok"), [(0, True), (120, True), (3600, False), (-7200, False)])
def test_clock_that_differs_from_that_in_front(seconds: float, ok: bool, front: list[float]) -> None:
    front[0] = seconds
    check = _checks.check_clock()
    _expect_clock(check, ok)
    assert ok or f"{abs(seconds) / 60:.0f} minutes off the clock of http://127.0.0.1" in check.found


def test_nobody_in_front_any_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for address in ("http://127.0.0.1:1\n", "nonsense\n", ""):
        (tmp_path / "address").write_text(address, encoding="utf-8")
        monkeypatch.setattr(_checks, "WHEELHOUSE_URL", tmp_path / "address")
        _expect_clock(_checks.check_clock(), True)


# what only a whole checkout can show


def _doctor(checkout: Checkout) -> dict[str, Check]:
    """The failed checks of the command, run as a learner runs it."""
    done = checkout.run("doctor", "--json", COURSE_WORKSPACE=str(checkout.home / "work"), no_proxy="*")
    report = json.loads(done.stdout)
    assert done.returncode == 1
    failed = {check["name"]: Check(**check) for check in report["checks"] if not check["ok"]}
    assert decode(report["code"]).failed == tuple(failed)
    assert "course start" in failed["environment"].remedy
    return failed


def test_stale_lock(ready: Checkout) -> None:
    (ready.root / "requirements.txt").write_text(ready.lock + "another==1.0\n", encoding="utf-8")
    failed = _doctor(ready)
    assert list(failed) == ["environment"]
    assert failed["environment"].found == "requirements.txt has changed since it was set up"


def test_broken_environment(ready: Checkout) -> None:
    (ready.site / "uv" / "__init__.py").unlink()
    failed = _doctor(ready)
    assert list(failed) == ["environment"]
    assert failed["environment"].found == "uv is missing or changed"


@pytest.mark.parametrize(
    ("part", "found"), [("bin/python", "Python is missing"), ("course-set-up.json", "not reach its end")]
)
def test_environment_in_pieces(ready: Checkout, part: str, found: str) -> None:
    (ready.venv / part).unlink()
    assert found in _doctor(ready)["environment"].found


def test_nothing_set_up_yet(checkout: Checkout) -> None:
    assert _doctor(checkout)["environment"].found == "the course is not set up yet"


def test_old_python() -> None:
    candidates = [shutil.which("python3.8"), *Path.home().glob(".pyenv/versions/3.8.*/bin/python3.8")]
    runs = (
        str(path)
        for path in candidates
        if path and subprocess.run([path, "-c", ""], capture_output=True).returncode == 0
    )
    python = next(runs, None)
    if python is None:
        pytest.skip("there is no Python 3.8 here")
    done = subprocess.run([python, "-B", "-m", "course", "doctor"], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    seat = decode(done.stdout.rpartition(": ")[2])
    assert (seat.failed, seat.python) == (("python",), "3.8")


def test_wrong_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a user gets who once registered another environment under the name that notebooks ask for."""
    program = (
        "import sys; sys.prefix = '/another/environment'\n"
        "from ipykernel.kernelapp import launch_new_instance; launch_new_instance(argv=sys.argv[1:])"
    )
    spec = {"argv": [sys.executable, "-c", program, "-f", "{connection_file}"], "display_name": "x"}
    folder = tmp_path / "kernels" / "python3"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps({**spec, "language": "python"}), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    check = _checks.check_kernel()
    assert not check.ok
    assert "the kernel is of /another/environment" in check.found


# what only a notebook that is opened elsewhere meets


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a user with IPython settings and a kernel of another environment; the startup file."""
    test_wrong_kernel(tmp_path / "jupyter", monkeypatch)
    monkeypatch.setenv("COURSE_WORKSPACE", str(tmp_path / "work"))
    startup = _ipython(
        tmp_path / "ipython", "c.InteractiveShell.ast_node_interactivity = 'all'", "nest_asyncio.apply()"
    )
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    return startup


def _ipython(folder: Path, setting: str, startup: str = "") -> Path:
    profile = folder / "profile_default"
    (profile / "startup").mkdir(parents=True)
    (profile / "ipython_config.py").write_text(f"c = get_config()\n{setting}\n", encoding="utf-8")
    (profile / "startup" / "00-own.py").write_text(f"import nest_asyncio\n{startup}\n", encoding="utf-8")
    return profile / "startup" / "00-own.py"


def test_what_start_leaves_out_is_no_fault_and_is_said(
    hostile: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    others = {name: check for name, check in _checks.CHECKS.items() if name == "kernel"}
    monkeypatch.setattr(_checks, "CHECKS", others)
    monkeypatch.setattr("course.cli.doctor.check_environment", lambda: Check("environment", True, ""))
    before = dict(os.environ)
    assert run_inside("doctor", ["--json"]) == 0
    assert dict(os.environ) == before
    said = json.loads(capsys.readouterr().out)
    assert [check["ok"] for check in said["checks"]] == [True, True]
    kernel, shown, loop, startup = said["elsewhere"]
    assert "the kernel is of /another/environment" in kernel
    assert "ast_node_interactivity = 'all'" in shown
    assert "asyncio.run comes from nest_asyncio" in loop
    assert startup == f"{hostile} runs before the first cell"
    run_inside("doctor", [])
    table = capsys.readouterr().out
    assert f"opened without python3 -m course start meet this:\n    {kernel}\n    {shown}\n" in table


@pytest.mark.parametrize(
    ("setting", "startup", "variables", "found"),
    [
        ("c.InteractiveShell.autoawait = False", "", {}, "autoawait = False"),
        ("c.InteractiveShell.ast_node_interactivity = 'all'", "", {}, "ast_node_interactivity"),
        ("", "nest_asyncio.apply()", {}, "asyncio.run comes from nest_asyncio"),
        ("", "", {"PYTHONOPTIMIZE": "1"}, "PYTHONOPTIMIZE"),
        ("c.InteractiveShell.colors = 'nocolor'", "", {}, None),
    ],
)
def test_a_notebook_that_is_open_elsewhere(
    setting: str,
    startup: str,
    variables: dict[str, str],
    found: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """There doctor() judges what it meets, and only what changes the lessons is a fault."""
    _ipython(tmp_path, setting, startup)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    check = _checks.check_kernel()
    assert check.ok == (found is None), check.found
    assert (found or "kernel of") in check.found
    assert check.ok or "settings of IPython" in check.remedy


@pytest.mark.parametrize("name", ["fastapi.py", "email.py", "course.py", "httpx/__init__.py"])
def test_a_file_that_hides_a_package(name: str, env: dict[str, str], tmp_path: Path) -> None:
    own = tmp_path / "workspace" / name
    own.parent.mkdir(parents=True, exist_ok=True)
    for harmless in ("shop.py", "conftest.py", "data/email.txt"):
        (tmp_path / "workspace" / harmless).parent.mkdir(exist_ok=True)
        (tmp_path / "workspace" / harmless).touch()
    assert _failed(env) == {}
    own.touch()
    (found,) = _failed(env).values()
    assert found == f"{name.partition('/')[0]} in {tmp_path / 'workspace'}"
