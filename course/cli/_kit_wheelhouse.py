"""Collects everything that ``start`` installs, for every kind of seat, in one folder."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterable, Iterator  # noqa: UP035  (parses and runs on 3.8)
from urllib.parse import urlsplit
from urllib.request import url2pathname

from course.cli import _child
from course.cli._failures import CannotGoOn, failure_of, failure_of_error, no_network, tail
from course.cli._install import installing_environment, only_local, variables_for_uv
from course.cli._wheelhouse import (
    CHECKOUT,
    FORMAT,
    MANIFEST,
    digest_of,
    read_manifest,
    seat_name,
    this_platform,
    this_python,
)
from course.paths import LOCK, ROOT
from course.seat import lock_digest

if TYPE_CHECKING:
    import httpx
    from packaging.pylock import Package, PackageSdist, PackageWheel, Pylock
    from packaging.tags import Tag

PLATFORMS = (
    "linux-x86_64",
    "linux-arm64",
    "macos-arm64",
    "macos-x86_64",
    "windows-x86_64",
    "windows-arm64",
)
GLIBC = 28
"""Wheels for Linux may ask for glibc 2.28: Debian 10, Ubuntu 20.04 and all that is newer."""

MACOS = (13, 0)
_MARKERS = {
    # system: sys_platform, os_name, platform_system
    "linux": ("linux", "posix", "Linux"),
    "macos": ("darwin", "posix", "Darwin"),
    "windows": ("win32", "nt", "Windows"),
}
_MACHINES = {"linux-arm64": "aarch64", "windows-x86_64": "AMD64", "windows-arm64": "ARM64"}
_BUGFIXES = range(32)
"""The bug-fix releases of a minor version that a package may be locked for."""

_FURTHER = ("UV_INDEX", "UV_FIND_LINKS", "UV_INDEX_STRATEGY")
_AT_ONCE = 8
_UNPACKED = "after-the-response"
_LEFT_OUT = {"workspace", "wheelhouse", "kit"}
"""Folders of a checkout that learners and instructors fill."""


@dataclass(frozen=True)
class Needed:
    """What one kind of seat needs: wheels, and packages that have none for it."""

    platform: str
    python: str
    wheels: tuple[PackageWheel, ...]
    missing: tuple[Package, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``kit wheelhouse``."""
    parser.add_argument(
        "--platform",
        action="append",
        choices=PLATFORMS,
        metavar="NAME",
        help=f"for these seats only, any of {', '.join(PLATFORMS)} (may be repeated; default: all)",
    )
    parser.add_argument(
        "--python",
        action="append",
        type=_python,
        metavar="X.Y",
        help=f"for this Python (may be repeated; default: {this_python()}, which runs this command)",
    )
    parser.add_argument("--out", type=Path, default=Path("wheelhouse"), metavar="DIR", help="the folder")


def _python(text: str) -> str:
    if not re.fullmatch(r"3\.\d{1,2}", text):
        raise argparse.ArgumentTypeError("a Python is given as 3.12, say")
    return text


def run(args: argparse.Namespace) -> int:
    """Collect all that ``start`` installs, for every kind of seat, in one folder that needs no internet.

    The folder has the wheels, a zip of this checkout and a manifest with all hashes. Run it again with
    another --platform or --python to add to the folder; what is there already is not fetched again. The exit
    status is 1 if a seat that was named lacks a wheel.
    """
    folder = args.out.expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        complete = make(folder, args.platform or PLATFORMS, args.python or [this_python()])
    except OSError as error:
        raise failure_of_error(error, folder) or error from None
    return 1 if args.platform and not complete else 0


def make(folder: Path, platforms: Iterable[str], pythons: Iterable[str]) -> bool:
    """Add what those seats need to the folder; returns whether nothing is missing.

    Raises:
        CannotGoOn: The package index cannot be reached or has sent something else.
    """
    lock = locked()
    manifest = _manifest_before(folder)
    seats = [needed(lock, platform, python) for python in pythons for platform in platforms]
    wheels = {wheel.filename: wheel for seat in seats for wheel in seat.wheels}
    with tempfile.TemporaryDirectory() as built:
        seats = [_with_built(seat, Path(built)) for seat in seats]
        wheels |= {wheel.filename: wheel for seat in seats for wheel in seat.wheels}
        _collect(folder, list(wheels.values()))
    for seat in seats:
        print(_line(seat))
        manifest["seats"][seat_name(seat.platform, seat.python)] = {
            "files": sorted(wheel.filename for wheel in seat.wheels),
            "missing": [f"{package.name} {package.version}" for package in seat.missing],
        }
    for name in wheels:
        manifest["files"][name] = _about(folder / name)
    _zip_checkout(folder / CHECKOUT, folder)
    manifest["files"][CHECKOUT] = _about(folder / CHECKOUT)
    _write_manifest(folder, manifest)
    size = sum(about["size"] for about in manifest["files"].values()) / 1e6
    print(
        f"{folder} has {len(manifest['files'])} files, {size:.0f} MB. Carry it to the room, or offer it to "
        f'the room with\n    python3 -m course kit serve "{folder}"\n'
        f'A seat installs from the folder with\n    python3 -m course start --wheelhouse "{folder}"'
    )
    return not any(seat.missing for seat in seats)


def _line(seat: Needed) -> str:
    name = seat_name(seat.platform, seat.python)
    if seat.missing:
        packages = ", ".join(f"{package.name} {package.version}" for package in seat.missing)
        return (
            f"{name}: incomplete: the package index has no wheel of {packages}. On a machine of that kind "
            f"with internet, kit wheelhouse --platform {seat.platform} builds it."
        )
    size = sum(wheel.size or 0 for wheel in seat.wheels) / 1e6
    return f"{name}: {len(seat.wheels)} packages, {size:.0f} MB"


# what is needed


def locked() -> Pylock:
    """Where the index has the files of the locked packages and of pip, with their hashes.

    Raises:
        CannotGoOn: The index cannot be reached, or lacks a file.
    """
    from packaging.pylock import Pylock

    with tempfile.TemporaryDirectory() as folder:
        listed, found = Path(folder, "requirements.in"), Path(folder, "pylock.toml")
        listed.write_text(LOCK.read_text(encoding="utf-8") + "\npip\n", encoding="utf-8")
        command = ["pip", "compile", listed, "--universal", "--no-deps", "--python-version", "3.11"]
        command += ["--format", "pylock.toml", "-o", found, "--no-header", "-q"]
        _uv([*command, *(["--no-index"] if only_local(os.environ) else [])])
        lock = Pylock.from_dict(tomllib.loads(found.read_text(encoding="utf-8")))
        for package in lock.packages:
            for wheel in package.wheels or ():
                if wheel.path:  # of a folder that the user's settings name; relative to the lock
                    object.__setattr__(wheel, "path", str((found.parent / wheel.path).resolve()))
        return lock


def _settings() -> dict[str, str]:
    """What the user told pip about the network, for uv.

    Without further indexes: one that has a locked version for some seats only would hide the others' wheels.
    """
    told = variables_for_uv(os.environ)
    if only_local(os.environ):
        return told
    return {name: value for name, value in told.items() if name not in _FURTHER}


def _uv(arguments: list[Any]) -> None:
    env = installing_environment(os.environ, Path(sys.prefix))
    env.update(_settings())
    program = shutil.which("uv", path=env["PATH"]) or "uv"
    status, said = _child.run_quietly([program, *arguments], env=env, cwd=ROOT)
    if status:
        raise failure_of(said, ROOT) or CannotGoOn(
            "The package index could not say where it has the locked packages. The end of the output:\n"
            "{tail}\n"
            "Run the same command again; if the same thing happens, look at the settings of pip and uv here.",
            tail=tail(said),
        )


def needed(lock: Pylock, platform: str, python: str) -> Needed:
    """The wheels for one kind of seat, whichever bug-fix release of that Python it has."""
    from packaging.tags import create_compatible_tags_selector
    from packaging.utils import parse_wheel_filename

    select = create_compatible_tags_selector(list(tags_of(platform, python)))
    wheels, missing = [], []
    for package in lock.packages:
        if not _applies(package, platform, python):
            continue
        candidates = [(wheel, parse_wheel_filename(wheel.filename)[-1]) for wheel in package.wheels or ()]
        best = next(iter(select(candidates)), None)
        if best is None:
            missing.append(package)
        else:
            wheels.append(best)
    return Needed(platform, python, tuple(wheels), tuple(missing))


def _applies(package: Package, platform: str, python: str) -> bool:
    marker = package.marker
    if marker is None:
        return True
    return any(
        marker.evaluate(_environment(platform, python, bugfix), context="lock_file") for bugfix in _BUGFIXES
    )


def _environment(platform: str, python: str, bugfix: int) -> dict[str, Any]:
    system, _, machine = platform.partition("-")
    sys_platform, os_name, platform_system = _MARKERS[system]
    full = f"{python}.{bugfix}"
    return {
        "sys_platform": sys_platform,
        "os_name": os_name,
        "platform_system": platform_system,
        "platform_machine": _MACHINES.get(platform, machine),
        "platform_release": "",
        "platform_version": "",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "implementation_version": full,
        "python_version": python,
        "python_full_version": full,
        "extras": frozenset(),
        "dependency_groups": frozenset(),
    }


def tags_of(platform: str, python: str) -> Iterator[Tag]:
    """The tags of the wheels that run on such a seat, the best first."""
    from packaging import tags

    version = tuple(map(int, python.split(".")))
    names = list(_platform_tags(platform))
    yield from tags.cpython_tags(version, platforms=names)
    yield from tags.compatible_tags(version, f"cp{python.replace('.', '')}", names)


def _platform_tags(platform: str) -> Iterator[str]:
    from packaging.tags import mac_platforms

    system, _, machine = platform.partition("-")
    if system == "windows":
        yield {"x86_64": "win_amd64", "arm64": "win_arm64"}[machine]
    elif system == "macos":
        yield from mac_platforms(MACOS, machine)
    else:
        machine = _MACHINES.get(platform, machine)
        yield from (f"manylinux_2_{minor}_{machine}" for minor in range(GLIBC, 16, -1))
        yield f"manylinux2014_{machine}"
        if machine == "x86_64":
            yield from ("manylinux2010_x86_64", "manylinux1_x86_64")


# what the index has no wheel of


def _with_built(seat: Needed, folder: Path) -> Needed:
    """Build the wheels that only a machine of its kind can build, if this is one."""
    if (seat.platform, seat.python) != (this_platform(), this_python()):
        return seat
    wheels = [_build(package.sdist, folder) for package in seat.missing if package.sdist is not None]
    rest = tuple(package for package in seat.missing if package.sdist is None)
    return Needed(seat.platform, seat.python, (*seat.wheels, *wheels), rest)


def _build(sdist: PackageSdist, folder: Path) -> PackageWheel:
    from packaging.pylock import PackageWheel

    print(f"Building a wheel from {sdist.filename}; the package index has none for this machine.", flush=True)
    _collect(folder, [sdist])
    out = folder / f"{sdist.filename}.built"
    _uv(["build", "--wheel", "-q", "--python", sys.executable, "--out-dir", out, folder / sdist.filename])
    (wheel,) = out.glob("*.whl")
    about = _about(wheel)
    return PackageWheel(
        name=wheel.name, path=str(wheel), size=about["size"], hashes={"sha256": about["sha256"]}
    )


# files


def _collect(folder: Path, files: list[Any]) -> None:
    todo = [file for file in files if not _is_there(folder / file.filename, file)]
    size = sum(file.size or 0 for file in todo) / 1e6
    if todo:
        print(f"Fetching {len(todo)} files, {size:.0f} MB.", flush=True)
    with _client() as client, ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            list(pool.map(lambda file: _collect_one(client, file, folder), todo))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _is_there(path: Path, file: PackageWheel | PackageSdist) -> bool:
    return path.is_file() and digest_of(path) == file.hashes.get("sha256")


def _client() -> httpx.Client:
    """A client with the proxy and the certificates that uv and pip use."""
    import httpx

    told = _settings()
    certificates = os.environ.get("SSL_CERT_FILE") or told.get("SSL_CERT_FILE")
    verify = ssl.create_default_context(cafile=certificates) if certificates else True
    return httpx.Client(verify=verify, proxy=told.get("ALL_PROXY"), follow_redirects=True, timeout=60)


def _collect_one(client: httpx.Client, file: PackageWheel | PackageSdist, folder: Path) -> None:
    import httpx

    path = folder / file.filename
    beside = path.with_name(path.name + ".part")
    try:
        if file.path or (file.url or "").startswith("file:"):
            shutil.copyfile(file.path or url2pathname(urlsplit(file.url or "").path), beside)
        else:
            _download(client, str(file.url), beside)
    except httpx.HTTPError as error:
        detail = f"{file.filename}: {type(error).__name__} {error}"
        raise no_network(detail.strip()) from None
    wanted = file.hashes.get("sha256")
    if wanted and digest_of(beside) != wanted:
        beside.unlink()
        raise CannotGoOn(
            "The package index has sent another {name} than it had announced.\n"
            "Run the same command again: what has been fetched is kept.",
            name=file.filename,
        )
    beside.replace(path)


def _download(client: httpx.Client, url: str, path: Path) -> None:
    with client.stream("GET", url) as answer, path.open("wb") as stream:
        answer.raise_for_status()
        for block in answer.iter_bytes(1 << 20):
            stream.write(block)


def _about(path: Path) -> dict[str, Any]:
    package = path.name.partition("-")[0].lower().replace("_", "-") if path.suffix == ".whl" else "the course"
    return {"package": package, "sha256": digest_of(path), "size": path.stat().st_size}


def _zip_checkout(target: Path, without: Path) -> None:
    """The checkout as its files are now, without what set-up and learners make in it."""
    beside = target.with_name(target.name + ".part")
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(checkout_files()):
            if without not in (ROOT / name).parents:
                archive.write(ROOT / name, f"{_UNPACKED}/{name}")
    beside.replace(target)


def checkout_files() -> Iterator[str]:
    """The files that belong to the course: those that git tracks or would add; without git, a guess."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        command = [git, "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if listed.returncode == 0:
            names = listed.stdout.decode("utf-8", "surrogateescape").split("\0")
            yield from (name for name in set(names) if name and (ROOT / name).is_file())
            return
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") and part != ".ci" for part in parts[:-1])
        if path.is_file() and not hidden and parts[0] not in _LEFT_OUT and "__pycache__" not in parts:
            yield "/".join(parts)


def _manifest_before(folder: Path) -> dict[str, Any]:
    """The manifest to add to: that of the folder if it is for the same packages."""
    try:
        manifest = read_manifest((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        manifest = {"requirements": None}
    if manifest["requirements"] == lock_digest():
        return manifest
    for name in manifest.get("files", ()):
        (folder / name).unlink(missing_ok=True)
    return {"format": FORMAT, "requirements": lock_digest(), "seats": {}, "files": {}}


def _write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    beside = folder / (MANIFEST + ".part")
    beside.write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    beside.replace(folder / MANIFEST)
