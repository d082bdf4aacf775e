"""Whether everything that a lesson needs works on this machine. Each check has a finding and a remedy."""

from __future__ import annotations

import codecs
import html
import json
import locale
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any, Callable, Collection, Mapping  # noqa: UP035  (parses and runs on 3.8)

from course.paths import LOCK, NOTEBOOKS, ROOT, WHEELHOUSE_URL, workspace
from course.seat._codes import encode
from course.seat.lock import NEWEST, OLDEST, too_new, too_old
from course.words import padded, say, strung

_NEEDED_MB = 200
"""Free space for the learner's own work and what JupyterLab writes, in MB."""

_KERNEL_SECONDS = 90

PORTS = range(8888, 8938)
"""Where JupyterLab listens: on the first of these that is free."""

_DAY = 86_400
_MINUTES = 10
"""How far the clocks of a seat and of the machine in front may be apart."""


@dataclass(frozen=True)
class Check:
    """The outcome of one check."""

    name: str
    ok: bool
    found: str
    remedy: str = ""

    @property
    def mark(self) -> str:
        """The verdict in a word."""
        return say("ok") if self.ok else say("FAILED")

    @property
    def meaning(self) -> str:
        """What it proves; without a path, a version or a time, since notebooks store it."""
        return {
            "python": say("Python is one that the course supports"),
            "packages": say("the installed packages are those of requirements.txt"),
            "kernel": say("notebooks run in this environment: a kernel of it starts and answers"),
            "server": say("a FastAPI server on this machine answers a client on this machine"),
            "write": say("the workspace can be written"),
            "utf-8": say("text is UTF-8"),
            "proxy": say("no proxy stands between this machine and itself"),
            "disk": say("there is free disk space"),
            "port": say("there is a free port for JupyterLab"),
            "clock": say("the clock is right, as far as can be told without the internet"),
            "names": say("no file in the workspace hides a package"),
            "environment": say(".venv is whole and made for this Python and these packages"),
        }[self.name]


@dataclass(frozen=True)
class Report:
    """The outcome of all checks. As text it is the same on every seat that works."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether every check passed."""
        return all(check.ok for check in self.checks)

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that did not pass."""
        return tuple(check for check in self.checks if not check.ok)

    def __repr__(self) -> str:
        lines = [self._summary()]
        for check in self.checks:
            lines.append(f"  {padded(check.mark, 8)}{check.meaning}")
            if not check.ok:
                lines.append("          " + say("found: {found}", found=check.found))
                lines.append("          " + say("do: {remedy}", remedy=check.remedy))
        return "\n".join(lines)

    def table(self) -> str:
        """With what was found, for a terminal."""
        lines = []
        for check in self.checks:
            lines.append(f"{padded(check.mark, 7)}{check.name:<12}{check.found}")
            if not check.ok:
                lines.append(f"{'':<19}{check.remedy}")
        return "\n".join([*lines, self._summary()])

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {"ok": self.ok, "code": self.code, "checks": [vars(check) for check in self.checks]}

    @property
    def code(self) -> str:
        """Ten characters that tell a helper which checks failed, on which Python and system."""
        return encode([check.name for check in self.failed])

    def _summary(self) -> str:
        count, failed = len(self.checks), len(self.failed)
        if self.ok:
            return say("This seat works: {count} of {count} checks passed.", count=count)
        return say("{failed} of {count} checks failed.", failed=failed, count=count)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": _as_html(self)}


def _as_html(report: Report) -> str:
    rows = []
    for check in report.checks:
        mark = f"{'✓' if check.ok else '✗'} {check.mark}"
        detail = "" if check.ok else f"<br>{html.escape(check.found)}<br><b>{html.escape(check.remedy)}</b>"
        rows.append(
            f'<tr><td style="white-space:nowrap">{mark}</td>'
            f'<td style="text-align:left">{html.escape(check.meaning)}{detail}</td></tr>'
        )
    summary = html.escape(report._summary())
    return (
        f'<table><caption style="text-align:left">{summary}</caption><tbody>{"".join(rows)}</tbody></table>'
    )


def doctor(*, without: Collection[str] = ()) -> Report:
    """Check this seat: Python, packages, kernel, server, workspace, and what else a lesson needs.

    Takes seconds. ``without`` names checks to leave out.
    """
    return Report(tuple(_guarded(name, check) for name, check in CHECKS.items() if name not in without))


def remedy(name: str, folder: object = None) -> str:
    """What to do about a check that failed; ``folder`` is the workspace of this machine, not of another."""
    oldest, newest = (".".join(map(str, version)) for version in (OLDEST, NEWEST))
    return {
        "python": say(
            "Install Python {oldest} to {newest}, then run python3 -m course start with it.",
            oldest=oldest,
            newest=newest,
        ),
        "packages": say(
            "Run python3 -m course start, and in a notebook choose the kernel of the .venv that it makes."
        ),
        "kernel": say(
            "Run python3 -m course start: it repairs the environment and leaves out your own settings of "
            "IPython. In another editor choose the kernel of .venv, and take such settings away."
        ),
        "server": say("Allow Python to listen on 127.0.0.1 in this machine's firewall or security program."),
        "write": say(
            "Make {folder} writable, or set COURSE_WORKSPACE to a folder that is.",
            folder=folder or say("the workspace"),
        ),
        "utf-8": say("Set the variable PYTHONUTF8 to 1 and start again."),
        "proxy": say(
            "Set NO_PROXY to 127.0.0.1,localhost and start again (course start does so for itself)."
        ),
        "disk": say("Free at least {needed} MB on this disk.", needed=_NEEDED_MB),
        "port": say(
            "Close programs that you no longer use, other JupyterLabs first, or name a port: "
            "python3 -m course start --port 9999"
        ),
        "clock": say("Set this machine's date, time and time zone (best: automatically), then start again."),
        "names": say(
            "Rename these files and folders: notebooks in {folder} import them instead of the packages.",
            folder=folder or say("the workspace"),
        ),
        "environment": say("Run python3 -m course start: it makes or repairs .venv."),
    }[name]


def _guarded(name: str, check: Callable[[], Check]) -> Check:
    """The check's outcome; whatever it raises is a finding."""
    try:
        return check()
    except ModuleNotFoundError as error:
        found = say("{module} is not installed", module=error.name)
        return Check(name, False, found, remedy("packages"))
    except Exception as error:
        return _verdict(name, False, f"{type(error).__name__}: {error}")


def _verdict(name: str, ok: bool, found: str) -> Check:
    return Check(name, ok, found, "" if ok else remedy(name, workspace()))


def check_python() -> Check:
    """One of the supported versions, or a newer one."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    if too_new():
        python = say("{python}, newer than any the course was tested with", python=python)
    return _verdict("python", not too_old(), python)


def check_packages() -> Check:
    """Every locked package, in its locked version."""
    from course.seat.lock import differences, wanted

    different = list(differences())
    if different:
        return _verdict("packages", False, ", ".join(different[:4]))
    return _verdict("packages", True, say("{count} packages as locked", count=len(wanted())))


def check_kernel() -> Check:
    """The kernel that a notebook asks for starts, answers, is of this environment and runs cells as the
    lessons expect.
    """
    answer = _ask_the_kernel(os.environ)
    if isinstance(answer, str):
        return _verdict("kernel", False, answer)
    different = _differences(answer)
    if different:
        return _verdict("kernel", False, strung(different))
    return _verdict("kernel", True, say("kernel of {prefix}", prefix=answer["prefix"]))


def met_elsewhere(environ: Mapping[str, str]) -> list[str]:
    """What a notebook meets whose kernel is started with ``environ``: whatever differs from what the lessons
    expect, and startup files.
    """
    answer = _ask_the_kernel(environ)
    if isinstance(answer, str):
        return [answer]
    files = [say("{file} runs before the first cell", file=file) for file in answer.get("startup", ())]
    return [*_differences(answer), *files]


def _differences(answer: dict[str, Any]) -> list[str]:
    """How a kernel differs from one that the lessons expect."""
    found = []
    prefix = answer["prefix"]
    if Path(prefix).resolve() != Path(sys.prefix).resolve():
        found.append(say("the kernel is of {prefix}, this program of {own}", prefix=prefix, own=sys.prefix))
    if answer.get("optimize"):
        found.append(say("PYTHONOPTIMIZE is set: Python leaves out every assert"))
    if answer.get("autoawait") is False:
        found.append(say("IPython has the setting autoawait = False: await in a cell is an error"))
    if answer.get("interactivity", "last_expr") != "last_expr":
        interactivity = answer["interactivity"]
        found.append(
            say(
                "IPython has the setting ast_node_interactivity = {value!r}: cells show something else",
                value=interactivity,
            )
        )
    if answer.get("run", "asyncio.runners") != "asyncio.runners":
        found.append(
            say(
                "asyncio.run comes from {module}: an event loop in an event loop is no error",
                module=answer["run"],
            )
        )
    return found


def _ask_the_kernel(environ: Mapping[str, str]) -> dict[str, Any] | str:
    """What a kernel answers that is started with ``environ``, or why it does not."""
    import jupyter_client  # noqa: F401  (missing: say so, not that the kernel is silent)

    # -c instead of -m: the folder that is current may hold anything.
    call = "from course.seat import _round_trips; _round_trips.print_the_kernel()"
    program = f"import sys; sys.path.append({str(ROOT)!a}); {call}"
    env = {name: value for name, value in environ.items() if name not in _TRACES}
    try:
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_KERNEL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return say("no kernel answered in {seconds} s", seconds=_KERNEL_SECONDS)
    said = done.stdout.decode("utf-8", "replace").strip().splitlines()
    if done.returncode or not said:
        words = done.stderr.decode("utf-8", "replace").strip().splitlines() or [say("it said nothing")]
        return say("no kernel answered: {detail}", detail=words[-1])
    answer: dict[str, Any] = json.loads(said[-1])
    return answer


_TRACES = ("PYTEST_CURRENT_TEST", "JPY_PARENT_PID", "JPY_SESSION_NAME")
"""Variables that a kernel hands on and that would make the next one believe it belongs to somebody."""


def check_server() -> Check:
    """A round trip of FastAPI over 127.0.0.1."""
    from course.seat._round_trips import round_trip

    return _verdict("server", True, say("answered on port {port}", port=round_trip()))


def check_write() -> Check:
    """A file can be written where the learner's work goes."""
    folder = workspace()
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".doctor-", dir=folder)
    os.close(handle)
    Path(name).unlink()
    return _verdict("write", True, str(folder))


def check_utf8() -> Check:
    """File names, files and output are UTF-8 unless a program says otherwise."""
    names, files = sys.getfilesystemencoding(), locale.getpreferredencoding(False)
    output = getattr(sys.stdout, "encoding", None) or "utf-8"
    ok = all(codecs.lookup(encoding).name == "utf-8" for encoding in (names, files, output))
    found = say("file names {names}, files {files}, output {output}", names=names, files=files, output=output)
    return _verdict("utf-8", ok, found)


def check_proxy() -> Check:
    """Requests to this machine do not leave it."""
    proxies = {
        kind: url for kind, url in urllib.request.getproxies().items() if kind in ("http", "https", "all")
    }
    swallows = proxies and not all(urllib.request.proxy_bypass(host) for host in ("127.0.0.1", "localhost"))
    if swallows:
        variables = ", ".join(f"{kind}_proxy" for kind in proxies)
        return _verdict(
            "proxy", False, say("{variables} would take requests to 127.0.0.1", variables=variables)
        )
    return _verdict("proxy", True, say("{count} proxy settings, none for 127.0.0.1", count=len(proxies)))


def check_disk() -> Check:
    """Some room is left where the learner's work goes."""
    free = free_mb(workspace())
    return _verdict("disk", free >= _NEEDED_MB, say("{free} MB free", free=free))


def free_mb(folder: Path) -> int:
    """The free space of the disk that holds a folder, which need not exist yet, in MB."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free // 1_000_000


def check_port() -> Check:
    """JupyterLab will find a port to listen on."""
    for port in PORTS:
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return _verdict("port", True, say("port {port} is free", port=port))
    found = say("ports {first} to {last} are all in use or forbidden", first=PORTS[0], last=PORTS[-1])
    return _verdict("port", False, found)


def check_clock() -> Check:
    """The clock agrees with that of the machine in front, if there is one, and is not before the course."""
    here = time.time()
    now = _minute(here)
    where, there = _clock_in_front()
    if there is not None and abs(there - here) > 60 * _MINUTES:
        minutes = round(abs(there - here) / 60)
        found = say(
            "{now} UTC, {minutes} minutes off the clock of {where}", now=now, minutes=minutes, where=where
        )
        return _verdict("clock", False, found)
    newest = _newest()
    if there is None and newest - here > _DAY:
        found = say("{now} UTC, but the course has files of {newest}", now=now, newest=_minute(newest))
        return _verdict("clock", False, found)
    return _verdict("clock", True, say("{now} UTC", now=now))


def _minute(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(seconds))


def _clock_in_front() -> tuple[str, float | None]:
    """The time on the machine that the packages came from, if it still offers them."""
    try:
        where = WHEELHOUSE_URL.read_text(encoding="utf-8").strip()
        asked = urllib.request.Request(where, method="HEAD")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(asked, timeout=1) as answer:
            return where, parsedate_to_datetime(answer.headers["Date"]).timestamp()
    except (OSError, ValueError, TypeError):
        return "", None


def _newest() -> float:
    """When the course was last changed: by its last commit, else by its files. 0 if nothing says so.

    Where git brought the files, they have the time of this machine, which proves nothing.
    """
    if (ROOT / ".git").exists():
        command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
        try:
            said = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=10)
            return float(said.stdout)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            return 0
    return max((path.stat().st_mtime for path in [LOCK, *NOTEBOOKS.glob("*.ipynb")]), default=0)


def check_names() -> Check:
    """No file of the learner's is imported in place of a package."""
    folder = workspace()
    own = [*folder.glob("*.py"), *(path.parent for path in folder.glob("*/__init__.py"))]
    hiding = sorted(path.name for path in own if _is_hidden(path.stem, folder))
    if hiding:
        found = say("{files} in {folder}", files=", ".join(hiding), folder=folder)
        return _verdict("names", False, found)
    return _verdict("names", True, say("no file in {folder} is named like a package", folder=folder))


def _is_hidden(name: str, folder: Path) -> bool:
    """Whether there is a module of that name which one in the folder hides."""
    path = [each for each in sys.path if each and Path(each).resolve() not in (folder.resolve(), ROOT)]
    spec = PathFinder.find_spec(name, path)
    return name == "course" or (spec is not None and spec.loader is not None)


CHECKS: dict[str, Callable[[], Check]] = {
    "python": check_python,
    "packages": check_packages,
    "kernel": check_kernel,
    "server": check_server,
    "write": check_write,
    "utf-8": check_utf8,
    "proxy": check_proxy,
    "disk": check_disk,
    "port": check_port,
    "clock": check_clock,
    "names": check_names,
}
