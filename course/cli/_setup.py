"""Makes the environment, or finds in a tenth of a second that nothing has to be done.

A stamp in the environment, written last, says what it was made from. Without a stamp, the set-up was
interrupted. With another list of packages, Python or folder in it, the environment is out of date. When a
file that a package lists is missing, it is damaged.
"""

from __future__ import annotations

import contextlib
import csv
import errno
import hashlib
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterator  # noqa: UP035  (parses and runs on 3.8)

from course.cli import _child, _install
from course.cli._failures import (
    NEEDED_MB,
    CannotGoOn,
    disk_full,
    failure_of,
    failure_of_error,
)
from course.paths import ROOT, VENV, scripts_folder, site_packages, venv_python
from course.seat import free_mb, lock_digest
from course.seat.lock import wanted
from course.words import say

BOOTSTRAP = 1
"""Raise it when environments made by an older set-up can no longer be used."""

STAMP = VENV / "course-set-up.json"
LOG = VENV / "course-set-up.log"
HOOK = site_packages() / "course.pth"
_HOOK_TEXT = "import sys, os; sys.path.append(os.path.dirname(sys.prefix))\n"
"""Makes ``course`` importable in every program of the environment. Names no path: the folder's name may be in
any script, and Python reads such files in the system's encoding."""


@dataclass(frozen=True)
class Trouble:
    """Why the environment cannot be used as it is.

    ``before`` and ``now`` are the folder or the Python it was made for and the one it is needed for, ``what``
    names what is missing; ``damaged`` are packages.
    """

    kind: str
    from_scratch: bool
    before: object = ""
    now: object = ""
    what: str = ""
    damaged: tuple[str, ...] = ()

    @property
    def found(self) -> str:
        """What is wrong, for the doctor."""
        return {
            "first": say("the course is not set up yet"),
            "moved": say("it was set up at {before}", before=self.before),
            "python": say("it was set up with {before}, this is {now}", before=self.before, now=self.now),
            "bootstrap": say("it was set up by an older course"),
            "requirements": say("requirements.txt has changed since it was set up"),
            "interrupted": say("the last set-up did not reach its end"),
            "damaged": say("{what} is missing or changed", what=self.what),
        }[self.kind]

    @property
    def remedy(self) -> str:
        """What the set-up is about to do, and why."""
        before, now, what = self.before, self.now, self.what
        return {
            "first": say("Setting the course up in {venv} (once).", venv=VENV),
            "moved": say(
                "This folder was at {before} when it was set up. Setting it up again here.", before=before
            ),
            "python": say(
                "It was set up with {before}; this is {now}. Setting it up again.", before=before, now=now
            ),
            "bootstrap": say("The course is set up in another way than before. Setting it up again."),
            "requirements": say("The list of packages has changed. Bringing {venv} up to date.", venv=VENV),
            "interrupted": say("The last set-up did not reach its end. Finishing it."),
            "damaged": say("{what} is missing or changed in {venv}. Repairing it.", what=what, venv=VENV),
        }[self.kind]


def inputs() -> dict[str, object]:
    """What an environment depends on."""
    return {
        "bootstrap": BOOTSTRAP,
        "requirements": lock_digest(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "root": str(ROOT),
    }


def trouble() -> Trouble | None:
    """What is to be done about the environment; None if nothing."""
    if not venv_python().exists():
        gone = os.path.lexists(STAMP)
        return Trouble("damaged", True, what="Python") if gone else Trouble("first", True)
    stamp = _stamp()
    if stamp is None:
        return Trouble("interrupted", not _runs())
    now = inputs()
    if stamp.get("root") != now["root"]:
        return Trouble("moved", True, before=stamp.get("root"))
    if stamp.get("bootstrap") != now["bootstrap"]:
        return Trouble("bootstrap", True)
    if stamp.get("python") != now["python"]:
        return Trouble("python", True, before=stamp.get("python"), now=now["python"])
    if not (VENV / "pyvenv.cfg").is_file():
        return Trouble("damaged", True, what="pyvenv.cfg")
    if stamp.get("requirements") != now["requirements"]:
        return Trouble("requirements", False)
    if not HOOK.is_file():
        return Trouble("damaged", False, what=HOOK.name)
    damaged = tuple(damaged_packages(stamp.get("packages", {})))
    if damaged:
        return Trouble("damaged", False, what=", ".join(damaged[:5]), damaged=damaged)
    return None


def _stamp() -> dict[str, Any] | None:
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return stamp if isinstance(stamp, dict) else None


def _runs() -> bool:
    """Whether the environment's Python runs and is this Python, so that packages can be put into it."""
    print_version = "import platform; print(platform.python_version())"
    said = _install.output([str(venv_python()), "-I", "-c", print_version])
    return (said or "").strip() == platform.python_version()


def damaged_packages(expected: dict[str, str]) -> Iterator[str]:
    """The packages of which another version, or not every file, is there (by each package's own record)."""
    site = site_packages()
    found = {}
    with contextlib.suppress(OSError):
        for entry in os.scandir(site):
            name, dash, rest = entry.name.partition("-")
            if dash and rest.endswith(".dist-info"):
                found[_plain(name)] = (rest[: -len(".dist-info")], entry.path)
    for name, version in expected.items():
        there, info = found.get(_plain(name), (None, ""))
        if there != version or not _is_whole(site, Path(info)):
            yield name


def _plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def _is_whole(site: Path, info: Path) -> bool:
    try:
        with (info / "RECORD").open(encoding="utf-8", newline="") as record:
            rows = [row for row in csv.reader(record) if len(row) == 3 and not _is_spare(row[0])]
        sizes = ((os.stat(f"{site}/{path}").st_size, size) for path, _, size in rows)  # noqa: PTH116  (fast)
        return all(not recorded or there == int(recorded) for there, recorded in sizes)
    except (OSError, ValueError):
        return False


def _is_spare(path: str) -> bool:
    """Files that may be missing: bytecode, and programs, which virus scanners often remove."""
    return path.endswith(".pyc") or (path.startswith("..") and ("/bin/" in path or "/Scripts/" in path))


def ensure(*, tell: Callable[[str], None]) -> None:
    """Make, finish, renew or repair the environment if that is needed.

    Raises:
        CannotGoOn: With what stopped it and the remedy.
    """
    found = trouble()
    if found is None:
        return
    _check_room()
    with _alone(tell):
        found = trouble()  # another set-up may have done it meanwhile
        if found is None:
            return
        started = time.monotonic()
        tell(found.remedy)
        try:
            _make(found, tell)
        except OSError as error:
            raise failure_of_error(error, ROOT) or error from None
        tell(say("Set up in {seconds:.0f} s.", seconds=time.monotonic() - started))


def _check_room() -> None:
    """Fail before anything is made or removed when there cannot be a new environment."""
    if os.pathsep in str(ROOT):
        raise CannotGoOn(
            "There is a {character} in the path of this folder: {folder}\n"
            "Python cannot make an environment there. Rename or move the folder, then run the same command "
            "again.",
            character=os.pathsep,
            folder=ROOT,
        )
    try:
        handle, name = tempfile.mkstemp(prefix=".course-", dir=ROOT)
        os.close(handle)
        os.unlink(name)  # noqa: PTH108
    except OSError as error:
        raise failure_of_error(error, ROOT) or error from None
    if not VENV.exists() and free_mb(ROOT) < NEEDED_MB:
        raise disk_full(ROOT)


def _make(found: Trouble, tell: Callable[[str], None]) -> None:
    incomplete = found.damaged
    if not found.from_scratch:
        with contextlib.suppress(FileNotFoundError):
            STAMP.unlink()
        LOG.unlink(missing_ok=True)
        _remove_torn_records()
        incomplete = _install_and_finish(incomplete, tell)
        if incomplete:  # what an interrupted installer left half-done looks installed to the next one
            incomplete = _install_and_finish(incomplete, tell)
    if found.from_scratch or incomplete:
        _remove()
        VENV.mkdir()
        _install.create(LOG)
        incomplete = _install_and_finish((), tell)
    if incomplete:
        raise _not_installed(", ".join(incomplete))


def _remove_torn_records() -> None:
    """Remove the unfinished metadata of packages, at which uv would stop."""
    for info in site_packages().glob("*.dist-info"):
        if not all((info / name).is_file() for name in ("METADATA", "RECORD")):
            shutil.rmtree(info)


def _install_and_finish(damaged: tuple[str, ...], tell: Callable[[str], None]) -> tuple[str, ...]:
    """Install, reinstall the damaged packages, and return those that are still not whole."""
    _install.install(LOG, damaged=damaged, tell=tell)
    return _finish()


def _not_installed(said: str) -> CannotGoOn:
    return _install.failed("set-up", said, LOG)


def _remove() -> None:
    try:
        if VENV.is_symlink() or VENV.is_file():
            VENV.unlink()
        elif VENV.exists():
            shutil.rmtree(VENV)
    except OSError as error:
        if os.name == "nt":
            raise CannotGoOn(
                "{folder} cannot be replaced, because a program is running from it ({detail}).\n"
                "Close JupyterLab and terminals in which .venv is activated, then run the same command "
                "again.",
                folder=VENV,
                detail=error.strerror,
            ) from None
        raise


def _finish() -> tuple[str, ...]:
    """Let the environment's own Python write the stamp, or name the packages that are not whole."""
    env = _child.environment(VENV, scripts_folder())
    program = "import sys; sys.path.insert(0, sys.argv[1]); from course.cli._setup import finish; finish()"
    status, said = _child.run_quietly([venv_python(), "-c", program, ROOT], env=env, cwd=ROOT, log=LOG)
    if status:
        raise failure_of(said, ROOT) or _not_installed(said)
    return tuple(json.loads(said.splitlines()[-1]))


def finish() -> None:
    """The last step, run by the environment's own Python: write the hook and, if all packages are whole, the
    stamp; print the names of those that are not.
    """
    HOOK.write_text(_HOOK_TEXT, encoding="ascii")
    packages = wanted()
    incomplete = list(damaged_packages(packages))
    if not incomplete:
        _write_json(STAMP, {**inputs(), "packages": packages})
    print(json.dumps(incomplete))


def _write_json(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8", newline="\n") as stream:
        json.dump(content, stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(path)


@contextlib.contextmanager
def _alone(tell: Callable[[str], None]) -> Iterator[None]:
    """Hold a lock for this folder, so that two set-ups at once do not disturb each other."""
    name = hashlib.sha256(str(ROOT).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    try:
        stream = (Path(tempfile.gettempdir()) / f"course-{name}.lock").open("a+b")
    except OSError:
        yield  # another user's lock: better without a lock than not at all
        return
    with stream:
        try:
            _wait_for_lock(stream.fileno(), tell)
        except OSError as error:
            tell(
                say(
                    "There are no file locks in {folder} ({detail}). Setting up without one: do not start a "
                    "second set-up before this one has ended.",
                    folder=tempfile.gettempdir(),
                    detail=error.strerror or error,
                )
            )
        yield


def _wait_for_lock(descriptor: int, tell: Callable[[str], None]) -> None:
    """Raises OSError where the file system has no locks."""
    if not _try_to_lock(descriptor):
        tell(say("Another set-up of this folder is running. Waiting for it."))
        while not _try_to_lock(descriptor):
            time.sleep(0.2)


_HELD = (errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK)
"""What the system answers when another process holds a lock."""


if sys.platform == "win32":
    import msvcrt

    def _try_to_lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in _HELD:
                return False
            raise
        return True

else:
    import fcntl

    def _try_to_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _HELD:
                return False
            raise
        return True
