"""Installs from a folder of wheels that an instructor made, for a room without internet.

The folder has a manifest: every file with its hash, and for each kind of seat the files that it needs. The
manifest is compared with this checkout and with every file before anything is installed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import re
import shutil
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Callable, Iterator, Sequence  # noqa: UP035  (parses and runs on 3.8)
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import ProxyHandler, build_opener

from course.cli._failures import CannotGoOn
from course.paths import ROOT, WHEELHOUSE_URL
from course.seat import lock_digest
from course.words import say

OPTION = "--wheelhouse"
MANIFEST = "manifest.json"
CHECKOUT = "course.zip"
FORMAT = 1
FOLDER = "COURSE_WHEELHOUSE"
"""The variable with the folder that packages are installed from, during the installation."""

_FETCHED = ROOT / ".wheelhouse"
_AT_ONCE = 4
_SECONDS = 30
_NAME = re.compile(r"[A-Za-z0-9][\w.+-]*\.(whl|zip)", re.ASCII)
_SYSTEMS = {"linux": "linux", "darwin": "macos", "win32": "windows"}
_MACHINES = {"amd64": "x86_64", "aarch64": "arm64"}

Tell = Callable[[str], None]


def split(argv: Sequence[str]) -> tuple[str | None, list[str]]:
    """The folder or address behind ``--wheelhouse`` and the other arguments."""
    rest = list(argv)
    for place, argument in enumerate(rest):
        if argument == OPTION and place + 1 < len(rest):
            return rest[place + 1], rest[:place] + rest[place + 2 :]
        if argument.startswith(OPTION + "="):
            return argument[len(OPTION) + 1 :], rest[:place] + rest[place + 1 :]
    return None, rest


def this_platform() -> str:
    """The system and processor of this Python, such as ``macos-arm64``."""
    machine = sysconfig.get_platform()[4:] if sys.platform == "win32" else platform.machine()
    system = _SYSTEMS.get(sys.platform, sys.platform)
    return f"{system}-{_MACHINES.get(machine.lower(), machine.lower())}"


def this_python() -> str:
    """The minor version of this Python, such as ``3.12``."""
    return "{}.{}".format(*sys.version_info)


def seat_name(platform_name: str, python: str) -> str:
    """The key of a kind of seat in a manifest."""
    return f"{platform_name} {python}"


def digest_of(path: Path) -> str:
    """The SHA-256 of a file that may be large."""
    found = hashlib.sha256()
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            found.update(block)
    return found.hexdigest()


def read_manifest(text: str | bytes) -> dict[str, Any]:
    """The manifest in a file's text.

    Raises:
        ValueError: It is not a manifest, has a later format, or names files that a wheelhouse does not hold.
    """
    manifest = json.loads(text)
    try:
        names = set(manifest["files"])
        known = manifest["format"] == FORMAT and "requirements" in manifest
        strange = [name for name in names if not _NAME.fullmatch(name)]
        listed = all(set(seat["files"]) <= names for seat in manifest["seats"].values())
    except (KeyError, TypeError, AttributeError):
        known, strange, listed = False, [], False
    if not known or strange or not listed:
        raise ValueError(f"its {MANIFEST} does not have format {FORMAT}")
    return dict(manifest)


@contextlib.contextmanager
def used(where: str, *, tell: Tell) -> Iterator[None]:
    """Make the set-up install from that wheelhouse only.

    Args:
        where: A folder, or the address at which ``kit serve`` offers one.
        tell: Called with each line for the user.

    Raises:
        CannotGoOn: There is no wheelhouse, it is of another edition, or lacks something for this seat.
    """
    remote = "://" in where
    place = where.rstrip("/") if remote else str(Path(where).expanduser().absolute())
    manifest = _manifest(place)
    wanted = _wanted(manifest, place)
    folder = _FETCHED if remote else Path(place)
    if remote:
        _fetch(place, manifest, wanted, tell)
    for name in wanted:
        _verify(folder / name, manifest["files"][name], place)
    count = len(wanted)
    tell(say("All {count} files for this seat are in {where} and are whole.", count=count, where=place))
    with _variables(folder):
        yield
    if remote:
        shutil.rmtree(_FETCHED, ignore_errors=True)
        WHEELHOUSE_URL.write_text(place + "\n", encoding="utf-8")


def pip_wheel() -> Path | None:
    """The pip of the wheelhouse in use, which runs without being installed."""
    folder = os.environ.get(FOLDER)
    return next(iter(sorted(Path(folder).glob("pip-*.whl"))), None) if folder else None


def _manifest(place: str) -> dict[str, Any]:
    try:
        manifest = read_manifest(_read(place, MANIFEST))
    except (OSError, ValueError) as error:
        detail = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
        raise _not_there(place, detail) from None
    if manifest["requirements"] != lock_digest():
        raise CannotGoOn(
            "The wheelhouse at {where} was made for another list of packages than this course has.\n"
            "Take the course from {checkout} in the wheelhouse, or have the wheelhouse made again.",
            where=place,
            checkout=CHECKOUT,
        )
    return manifest


def _not_there(place: str, detail: object) -> CannotGoOn:
    return CannotGoOn(
        "There is no wheelhouse at {where} ({detail}).\n"
        "Name the folder that kit wheelhouse made, or the address that kit serve printed, then run the "
        "same command again.",
        where=place,
        detail=detail,
    )


def _wanted(manifest: dict[str, Any], place: str) -> list[str]:
    """The files for this seat."""
    seat = manifest["seats"].get(seat_name(this_platform(), this_python()))
    if seat is None:
        raise _lacks(_specific(manifest), place)
    if seat["missing"]:
        raise _lacks(seat["missing"], place)
    return list(seat["files"])


def _specific(manifest: dict[str, Any]) -> list[str]:
    """The packages that need a wheel for each system or Python."""
    files = manifest["files"].items()
    return sorted(
        {about["package"] for name, about in files if name.endswith(".whl") and "-none-any" not in name}
    )


def _lacks(packages: list[str], place: str) -> CannotGoOn:
    what, more = packages[0] if packages else say("everything"), len(packages) - 1
    if more > 0:
        what = say("{package} and {more} other packages", package=what, more=more)
    return CannotGoOn(
        "The wheelhouse at {where} lacks {what} for Python {python} on {platform}.\n"
        "Where there is internet, this adds it: "
        'python3 -m course kit wheelhouse --platform {platform} --python {python} --out "{out}"',
        what=what,
        platform=this_platform(),
        python=this_python(),
        where=place,
        out=_out(place),
    )


def _out(place: str) -> str:
    """The folder as the command names it that adds to it. On another machine its path means nothing here."""
    return "DIR" if "://" in place else place


def _verify(path: Path, about: dict[str, Any], place: str) -> None:
    if not path.is_file():
        raise _lacks([about["package"]], place)
    if digest_of(path) != about["sha256"]:
        raise CannotGoOn(
            "{name} in the wheelhouse at {where} is not the file that its manifest lists.\n"
            "Remove that file there and run kit wheelhouse again where there is internet.",
            name=path.name,
            where=place,
        )


def _fetch(place: str, manifest: dict[str, Any], wanted: list[str], tell: Tell) -> None:
    """Fetch the files that no earlier attempt has fetched."""
    _FETCHED.mkdir(exist_ok=True)
    files = manifest["files"]
    todo = [
        name
        for name in wanted
        if not (_FETCHED / name).is_file() or digest_of(_FETCHED / name) != files[name]["sha256"]
    ]
    size = sum(files[name]["size"] for name in todo) / 1e6
    text = say(
        "Fetching {count} files, {size:.0f} MB, from {where}.", count=len(todo), size=size, where=place
    )
    tell(text)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            list(pool.map(lambda name: _fetch_one(place, name), todo))
        except (OSError, ValueError) as error:
            pool.shutdown(cancel_futures=True)
            detail = getattr(error, "reason", None) or error
            raise _not_there(place, detail) from None


def _fetch_one(place: str, name: str) -> None:
    path = _FETCHED / name
    beside = path.with_name(name + ".part")
    with _open(place, name) as answer, beside.open("wb") as stream:
        shutil.copyfileobj(answer, stream, 1 << 20)
    beside.replace(path)


def _read(place: str, name: str) -> bytes:
    if "://" not in place:
        return (Path(place) / name).read_bytes()
    with _open(place, name) as answer:
        return bytes(answer.read())


def _open(place: str, name: str) -> Any:
    if not place.startswith(("http://", "https://")):
        raise URLError("an address begins with http:// or https://")
    opener = build_opener(ProxyHandler({}))  # the machine is in this room, so no proxy is needed
    return opener.open(f"{place}/{quote(name)}", timeout=_SECONDS)


@contextlib.contextmanager
def _variables(folder: Path) -> Iterator[None]:
    """Point uv and pip at the files inside the block, by variables that override every configuration."""
    links = folder.as_uri()
    told = {
        FOLDER: str(folder),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": links,
        "UV_FIND_LINKS": links,
        "UV_NO_CONFIG": "1",
        "UV_OFFLINE": "1",
    }
    before = {name: os.environ.get(name) for name in told}
    os.environ.update(told)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
