"""A room without internet: what is collected, what is offered, and a seat that sets itself up from it."""

from __future__ import annotations

import csv
import http.client
import io
import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.markers import Marker
from packaging.pylock import Package, PackageSdist, PackageWheel, Pylock
from packaging.version import Version

from course.cli import _install, _kit_room, _kit_wheelhouse, _wheelhouse, main
from course.cli._failures import CannotGoOn
from course.cli._kit_wheelhouse import PLATFORMS, make, needed
from course.cli._wheelhouse import CHECKOUT, MANIFEST, digest_of, split, this_platform, this_python

if TYPE_CHECKING:
    from tests.cli.conftest import Checkout

HERE = f"{this_platform()} {this_python()}"

PYTEST = "import json, sys\nprint(json.dumps({'prefix': sys.prefix, 'arguments': sys.argv[1:]}))\n"


def _wheel(folder: Path, name: str, version: str, files: dict[str, bytes]) -> PackageWheel:
    """A wheel as an index would send it."""
    info = f"{name}-{version}.dist-info"
    files = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = io.StringIO()
    csv.writer(record, lineterminator="\n").writerows(
        [*([path, "", ""] for path in files), [f"{info}/RECORD", "", ""]]
    )
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inside, content in {**files, f"{info}/RECORD": record.getvalue().encode()}.items():
            archive.writestr(inside, content)
    return _listed(path)


def _listed(path: Path) -> PackageWheel:
    return PackageWheel(
        name=path.name, path=str(path), size=path.stat().st_size, hashes={"sha256": digest_of(path)}
    )


def _packaging(folder: Path) -> PackageWheel:
    """The real one, which set-up uses in the environment that it makes."""
    distribution = metadata.distribution("packaging")
    files = {
        str(file): Path(str(file.locate())).read_bytes()
        for file in distribution.files or ()
        if str(file).startswith("packaging/") and file.suffix != ".pyc"
    }
    return _wheel(folder, "packaging", distribution.version, files)


def _pylock(wheels: list[PackageWheel]) -> Pylock:
    packages = []
    for wheel in wheels:
        name, version = wheel.filename.split("-")[:2]
        packages.append(Package(name=name, version=Version(version), wheels=[wheel]))
    return Pylock(lock_version=Version("1.0"), created_by="test", packages=packages)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> list[PackageWheel]:
    folder = tmp_path_factory.mktemp("index")
    return [
        _packaging(folder),
        _wheel(folder, "uv", "9.9.9", {"uv/__init__.py": b"x = 1\n"}),
        _wheel(folder, "pytest", "0.0.1", {"pytest.py": PYTEST.encode()}),
    ]


@pytest.fixture
def room(
    checkout: Checkout, index: list[PackageWheel], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Path:
    """A wheelhouse for a checkout whose lock has three small packages, in a folder with a space."""
    (checkout.root / "requirements.txt").write_text(
        "".join("{}=={}\n".format(*wheel.filename.split("-")[:2]) for wheel in index), encoding="utf-8"
    )
    monkeypatch.setattr("course.seat.lock.LOCK", checkout.root / "requirements.txt")
    monkeypatch.setattr(_kit_wheelhouse, "ROOT", checkout.root)
    monkeypatch.setattr(_kit_wheelhouse, "locked", lambda: _pylock(index))
    folder = tmp_path / "wheel house"
    folder.mkdir()
    assert make(folder, [this_platform()], [this_python()])
    checkout.remove_uv_from_path()
    checkout.env["COURSE_INSTALLER"] = "pip"
    checkout.env["UV_CACHE_DIR"] = str(tmp_path / "uv-cache")
    (checkout.home / "python").unlink()
    (checkout.home / "python").symlink_to(checkout.base)  # its pip is the real one
    return folder


def _without_network(command: list[str]) -> list[str]:
    unshare = shutil.which("unshare")
    allowed = unshare and subprocess.run([unshare, "-rn", "true"], capture_output=True).returncode == 0
    if not allowed:
        pytest.skip("this system does not let tests make a network namespace")
    return [str(unshare), "-rn", *command]


def _run_without_network(checkout: Checkout, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        _without_network(checkout.command(*arguments)),
        env=checkout.variables(),
        cwd=checkout.home,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )


@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_a_seat_without_any_network_sets_itself_up(room: Path, checkout: Checkout, installer: str) -> None:
    if installer == "uv":
        real = shutil.which("uv", path=str(Path(sys.executable).parent))
        if real is None:
            pytest.skip("uv is not in this environment")
        del checkout.env["COURSE_INSTALLER"]
        checkout.env["PATH"] = str(Path(real).parent)
    done = _run_without_network(checkout, "test", "--wheelhouse", str(room), "-k", "x")
    assert done.returncode == 0, done.stderr
    assert f"All 3 files for this seat are in {room} and are whole." in done.stderr
    assert f"Installing the packages with {installer}" in done.stderr
    seen = json.loads(done.stdout)
    assert Path(seen["prefix"]) == checkout.venv
    assert seen["arguments"][-2:] == ["-k", "x"]
    again = _run_without_network(checkout, "test", "--wheelhouse", "/gone")
    assert (again.returncode, again.stderr) == (0, ""), "once set up, it looks at no wheelhouse"


def test_without_the_wheelhouse_there_is_no_way(room: Path, checkout: Checkout) -> None:
    """The network is really gone: the same seat without the option fails."""
    done = _run_without_network(checkout, "test")
    assert done.returncode == 1
    assert "The package index could not be reached" in done.stderr


def test_a_seat_sets_itself_up_from_the_machine_in_front(room: Path, checkout: Checkout) -> None:
    with _offered(room) as address:
        (checkout.root / ".wheelhouse").mkdir()
        (checkout.root / ".wheelhouse" / "uv-9.9.9-py3-none-any.whl").write_text("torn", encoding="utf-8")
        done = checkout.run("test", f"--wheelhouse=http://{address}", HTTP_PROXY="http://127.0.0.1:9")
    assert done.returncode == 0, done.stderr
    assert "Fetching 3 files" in done.stderr
    assert not (checkout.root / ".wheelhouse").exists()
    assert (checkout.venv / "course-wheelhouse.txt").read_text("utf-8") == f"http://{address}\n"


# what a seat says when the wheelhouse will not do


def _refused(room: Path | str, *, says: str) -> str:
    with pytest.raises(CannotGoOn) as stop, _wheelhouse.used(str(room), tell=lambda _: None):
        pytest.fail("it was used")
    assert says in str(stop.value)
    return str(stop.value)


def _change(room: Path, **changes: object) -> None:
    manifest = json.loads((room / MANIFEST).read_text("utf-8"))
    (room / MANIFEST).write_text(json.dumps({**manifest, **changes}), encoding="utf-8")


def test_a_wheel_that_is_gone_is_named_with_the_command_that_adds_it(room: Path) -> None:
    (room / "pytest-0.0.1-py3-none-any.whl").unlink()
    said = _refused(room, says=" lacks ")
    assert f"lacks pytest for Python {this_python()} on {this_platform()}." in said
    assert f"kit wheelhouse --platform {this_platform()} --python {this_python()} --out" in said


def test_a_kind_of_seat_that_nobody_thought_of(room: Path) -> None:
    files = {"a_b-1-cp311-cp311-x.whl": {"package": "a-b"}, "c-1-cp311-cp311-x.whl": {"package": "c"}}
    _change(room, seats={}, files=files)
    assert "lacks a-b and 1 other packages for" in _refused(room, says=" lacks ")


def test_a_kind_of_seat_that_the_index_has_no_wheel_for(room: Path) -> None:
    _change(room, seats={HERE: {"files": [], "missing": ["pyyaml 6.0.3"]}})
    assert "lacks pyyaml 6.0.3 for" in _refused(room, says=" lacks ")


def test_a_file_that_was_changed(room: Path) -> None:
    (room / "pytest-0.0.1-py3-none-any.whl").write_bytes(b"PK")
    assert "pytest-0.0.1-py3-none-any.whl" in _refused(room, says="is not the file that its manifest lists")


def test_another_edition_of_the_course(room: Path, checkout: Checkout) -> None:
    lock = checkout.root / "requirements.txt"
    lock.write_bytes(lock.read_bytes().replace(b"\n", b"\r\n"))
    with _wheelhouse.used(str(room), tell=lambda _: None):
        pass  # other line ends are no other edition
    lock.write_text("packaging==0\n", encoding="utf-8")
    assert CHECKOUT in _refused(room, says="was made for another list of packages")


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "{}",
        '{"format": 2}',
        '{"format": 1, "requirements": "", "files": {"../x.whl": {}}}',
        '{"format": 1, "requirements": "", "files": {}, "seats": {"x": {"files": ["a.whl"]}}}',
        '{"format": 1, "requirements": "", "files": {}, "seats": []}',
    ],
)
def test_a_manifest_that_is_none(room: Path, text: str) -> None:
    (room / MANIFEST).write_text(text, encoding="utf-8")
    _refused(room, says="There is no wheelhouse at ")


@pytest.mark.parametrize("where", ["no such folder", "http://127.0.0.1:1", "ftp://127.0.0.1", "http://"])
def test_no_wheelhouse(where: str) -> None:
    assert "Name the folder" in _refused(where, says="There is no wheelhouse at ")


def test_the_settings_end_with_the_set_up(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "/mine")
    monkeypatch.delenv("PIP_NO_INDEX", raising=False)
    with _wheelhouse.used(str(room), tell=lambda _: None):
        assert os.environ["PIP_FIND_LINKS"].endswith("/wheel%20house")
        assert os.environ["PIP_NO_INDEX"] == "1"
    assert os.environ["PIP_FIND_LINKS"] == "/mine"
    assert "PIP_NO_INDEX" not in os.environ


def test_the_option_is_taken_out_wherever_it_stands() -> None:
    assert split(["-x", "--wheelhouse", "a b", "-k", "y"]) == ("a b", ["-x", "-k", "y"])
    assert split(["--wheelhouse=c", "-x"]) == ("c", ["-x"])
    assert split(["-x", "--wheelhouse"]) == (None, ["-x", "--wheelhouse"])


# what is collected


def test_what_is_collected(room: Path, checkout: Checkout) -> None:
    manifest = json.loads((room / MANIFEST).read_text("utf-8"))
    assert manifest["seats"][HERE]["missing"] == []
    assert {path.name for path in room.iterdir()} == {*manifest["files"], MANIFEST}
    for name, about in manifest["files"].items():
        assert about == {
            "package": "the course" if name == CHECKOUT else name.split("-")[0],
            "sha256": digest_of(room / name),
            "size": (room / name).stat().st_size,
        }
    names = zipfile.ZipFile(room / CHECKOUT).namelist()
    assert "after-the-response/requirements.txt" in names
    assert "after-the-response/course/__main__.py" in names
    assert not [name for name in names if "__pycache__" in name or ".venv" in name]


def test_another_platform_is_added_and_nothing_is_fetched_twice(
    room: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (other,) = [name for name in ("macos-arm64", "linux-x86_64") if name != this_platform()][:1]
    (room / "uv-9.9.9-py3-none-any.whl").write_text("torn", encoding="utf-8")
    assert make(room, [other], ["3.14"])
    assert "Fetching 1 files" in capsys.readouterr().out
    assert set(json.loads((room / MANIFEST).read_text("utf-8"))["seats"]) == {HERE, f"{other} 3.14"}


def test_a_wheelhouse_for_another_lock_is_cleared(room: Path, checkout: Checkout) -> None:
    (room / "mine.txt").touch()
    (room / "pytest-0.0.1-py3-none-any.whl").rename(room / "old-1-py3-none-any.whl")
    _change(room, requirements="x", seats={}, files={"old-1-py3-none-any.whl": {}})
    make(room, ["linux-arm64"], ["3.12"])
    assert not (room / "old-1-py3-none-any.whl").exists()
    assert (room / "mine.txt").exists()
    assert list(json.loads((room / MANIFEST).read_text("utf-8"))["seats"]) == ["linux-arm64 3.12"]


def test_a_file_that_is_not_the_announced_one(room: Path, index: list[PackageWheel], tmp_path: Path) -> None:
    wheel = PackageWheel(name=index[0].filename, path=index[0].path, hashes={"sha256": "0" * 64})
    (tmp_path / "out").mkdir()
    with pytest.raises(CannotGoOn, match="another packaging"):
        _kit_wheelhouse._collect(tmp_path / "out", [wheel])
    assert list((tmp_path / "out").iterdir()) == []


def _package(name: str, *files: str, marker: str | None = None) -> Package:
    wheels = [PackageWheel(name=file, url=f"https://x.example/{file}", hashes={}) for file in files]
    return Package(
        name=name, version=Version("1"), wheels=wheels, marker=Marker(marker) if marker is not None else None
    )


LOCK = Pylock(
    lock_version=Version("1.0"),
    created_by="test",
    packages=[
        _package("pure", "pure-1-py3-none-any.whl"),
        _package("mac", "mac-1-py3-none-any.whl", marker="sys_platform == 'darwin'"),
        _package("win", "win-1-py2.py3-none-any.whl", marker="os_name == 'nt'"),
        _package("older", "older-1-py3-none-any.whl", marker="python_full_version < '3.11.5'"),
        _package("newer", "newer-1-py3-none-any.whl", marker="python_full_version >= '3.11.5'"),
        _package(
            "compiled",
            "compiled-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
            "compiled-1-cp39-abi3-manylinux_2_28_aarch64.whl",
            "compiled-1-cp311-cp311-macosx_11_0_universal2.whl",
            "compiled-1-cp311-cp311-win_amd64.whl",
            "compiled-1-cp311-cp311-musllinux_1_2_aarch64.whl",
        ),
        _package(
            "debugger", "debugger-1-cp311-cp311-manylinux_2_34_x86_64.whl", "debugger-1-py2.py3-none-any.whl"
        ),
    ],
)


@pytest.mark.parametrize(
    ("platform", "python", "names", "missing"),
    [
        ("linux-x86_64", "3.11", {"older", "newer", "compiled"}, set()),
        ("linux-x86_64", "3.12", {"newer"}, {"compiled"}),
        ("linux-arm64", "3.14", {"newer", "compiled"}, set()),
        ("macos-arm64", "3.11", {"mac", "older", "newer", "compiled"}, set()),
        ("macos-x86_64", "3.11", {"mac", "older", "newer", "compiled"}, set()),
        ("windows-x86_64", "3.11", {"win", "older", "newer", "compiled"}, set()),
        ("windows-arm64", "3.11", {"win", "older", "newer"}, {"compiled"}),
    ],
)
def test_each_kind_of_seat_gets_its_wheels(
    platform: str, python: str, names: set[str], missing: set[str]
) -> None:
    seat = needed(LOCK, platform, python)
    chosen = [wheel.filename for wheel in seat.wheels]
    assert {name.split("-")[0] for name in chosen} == {"pure", "debugger", *names}
    assert {package.name for package in seat.missing} == missing
    assert "debugger-1-py2.py3-none-any.whl" in chosen, "glibc 2.34 is more than every seat has"


def test_this_seat_is_one_of_those_that_can_be_named() -> None:
    assert this_platform() in PLATFORMS


def test_what_the_index_lacks_is_built_here(
    room: Path, index: list[PackageWheel], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = tmp_path / "own-1.tar.gz"
    source.write_bytes(b"source")

    def build(arguments: list[object]) -> None:
        assert arguments[:2] == ["build", "--wheel"]
        assert Path(str(arguments[-1])).read_bytes() == b"source"
        _wheel(Path(str(arguments[-2])), "own", "1", {})

    sdist = PackageSdist(name=source.name, path=str(source), hashes={"sha256": digest_of(source)})
    package = Package(name="own", version=Version("1"), sdist=sdist)
    lock = Pylock(lock_version=Version("1.0"), created_by="test", packages=[package])
    monkeypatch.setattr(_kit_wheelhouse, "locked", lambda: lock)
    monkeypatch.setattr(_kit_wheelhouse, "_uv", build)
    assert make(room, [this_platform()], [this_python()])
    assert not make(room, [name for name in PLATFORMS if name != this_platform()][:1], [this_python()])
    manifest = json.loads((room / MANIFEST).read_text("utf-8"))
    assert manifest["seats"][HERE]["files"] == ["own-1-py3-none-any.whl"]
    assert sorted(seat["missing"] for seat in manifest["seats"].values()) == [[], ["own 1"]]


def test_an_index_that_has_each_version_only_for_this_machine_is_not_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = {"UV_INDEX": "file:///x", "UV_FIND_LINKS": "/y", "UV_DEFAULT_INDEX": "https://mirror.example"}
    monkeypatch.setattr(_kit_wheelhouse, "variables_for_uv", lambda _: told)
    monkeypatch.delenv("PIP_NO_INDEX", raising=False)
    assert _kit_wheelhouse._settings() == {"UV_DEFAULT_INDEX": "https://mirror.example"}
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert _kit_wheelhouse._settings() == told


def test_the_checkout_without_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept = {"a.py", ".gitignore", ".ci/run", "course/kit/x"}
    for name in (*kept, ".venv/x", "workspace/x", "kit/x", "b/__pycache__/x", "b/.mypy_cache/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setattr(_kit_wheelhouse, "ROOT", tmp_path)
    monkeypatch.setattr(_kit_wheelhouse.shutil, "which", lambda _: None)
    assert set(_kit_wheelhouse.checkout_files()) == kept


# what is offered


class _offered:
    def __init__(self, folder: Path) -> None:
        self.server = _kit_room.open_server(folder, 0)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))

    def __enter__(self) -> str:
        self.thread.start()
        return f"127.0.0.1:{self.server.server_address[1]}"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture(scope="module")
def offered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("offered")
    for name in ("a-1-py3-none-any.whl", CHECKOUT, "secret.txt"):
        (folder / name).write_text(name, encoding="utf-8")
    (folder.parent / "outside.whl").touch()
    files = {name: {"size": 3} for name in ("a-1-py3-none-any.whl", CHECKOUT, "gone-1-py3-none-any.whl")}
    manifest = {
        "format": 1,
        "requirements": "",
        "files": files,
        "seats": {"linux-x86_64 3.9": {"files": []}, "macos-arm64 3.12": {"files": []}},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with _offered(folder) as address:
        yield address


def _asked(address: str, path: str, method: str = "GET") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(address, timeout=10)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        assert answer.headers["Date"]
        return answer.status, answer.read()
    finally:
        connection.close()


def test_what_is_added_meanwhile_is_offered(tmp_path: Path) -> None:
    def manifest(*names: str) -> str:
        files = {name: {"size": 3} for name in (CHECKOUT, *names)}
        return json.dumps({"format": 1, "requirements": "", "files": files, "seats": {}})

    (tmp_path / MANIFEST).write_text(manifest(), encoding="utf-8")
    (tmp_path / "b-1-py3-none-any.whl").write_text("b", encoding="utf-8")
    with _offered(tmp_path) as address:
        assert _asked(address, "/b-1-py3-none-any.whl")[0] == 404
        (tmp_path / MANIFEST).write_text(manifest("b-1-py3-none-any.whl"), encoding="utf-8")
        assert _asked(address, "/b-1-py3-none-any.whl") == (200, b"b")
        (tmp_path / MANIFEST).write_text("{torn", encoding="utf-8")
        assert _asked(address, "/b-1-py3-none-any.whl") == (200, b"b"), "as it was"


def test_only_addresses_that_answer_are_printed(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_kit_room, "lan_address", lambda: "192.0.2.1")
    monkeypatch.setattr(_kit_room, "_answers", lambda address, port: address == "127.0.0.1")
    with _kit_room.open_server(room, 0) as server:
        assert server.urls() == [f"http://127.0.0.1:{server.server_address[1]}"]
        assert server.only_here(server.urls())
    monkeypatch.undo()
    with _kit_room.open_server(room, 0, "127.0.0.1") as server:
        assert server.urls() == [f"http://127.0.0.1:{server.server_address[1]}"]
        assert _kit_room._answers("127.0.0.1", server.server_address[1])


def test_an_address_of_another_machine(room: Path) -> None:
    with pytest.raises(CannotGoOn, match="is no address of this machine"):
        _kit_room.open_server(room, 0, "192.0.2.1")


def test_the_page_names_the_address_that_was_opened(offered: str) -> None:
    assert f"--wheelhouse http://{offered}<".encode() in _asked(offered, "/")[1]


def test_files_of_the_manifest_are_given_out(offered: str) -> None:
    assert _asked(offered, "/a-1-py3-none-any.whl") == (200, b"a-1-py3-none-any.whl")
    assert _asked(offered, "/a-1-py3-none-any.whl", "HEAD") == (200, b"")
    assert _asked(offered, f"/{CHECKOUT}")[0] == 200
    assert _asked(offered, f"/{MANIFEST}")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/secret.txt",
        "/../outside.whl",
        "/%2e%2e/outside.whl",
        "/..%2foutside.whl",
        "//etc/passwd",
        "/gone-1-py3-none-any.whl",
        "/a-1-py3-none-any.whl/",
    ],
)
def test_nothing_else_is(offered: str, path: str) -> None:
    assert _asked(offered, path)[0] == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
def test_it_is_only_read(offered: str, method: str) -> None:
    assert _asked(offered, "/a-1-py3-none-any.whl", method)[0] == 501


def test_the_page_says_what_to_type(offered: str) -> None:
    status, page = _asked(offered, "/")
    assert status == 200
    assert f'href="/{CHECKOUT}"' in page.decode()
    assert "with Python 3.9 or 3.12" in page.decode()
    assert "python3 -m course start --wheelhouse http://" in page.decode()


def test_no_network_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_kit_room, "_ELSEWHERE", "127.0.0.1")
    assert _kit_room.lan_address() is None


def test_a_port_in_use(room: Path) -> None:
    first = _kit_room.open_server(room, 0)
    with first, pytest.raises(CannotGoOn, match="cannot be listened on"):
        _kit_room.open_server(room, first.server_address[1])


@pytest.mark.skipif(os.name == "nt", reason="signals are Unix's")
def test_interrupt_stops_it(room: Path) -> None:
    program = "import sys; from course.cli import run_inside; sys.exit(run_inside('kit', sys.argv[1:]))"
    command = [sys.executable, "-c", program, "serve", str(room), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            if "Ctrl-C" in line:
                break
        process.send_signal(2)
        assert process.wait(300) == 0
        assert "no longer offered" in process.stdout.read()
        assert process.stderr.read() == ""


def test_nothing_to_serve(tmp_path: Path) -> None:
    with pytest.raises(CannotGoOn, match="There is no wheelhouse in"):
        _kit_room.open_server(tmp_path, 0)


@pytest.mark.parametrize(
    "argv",
    [["wheelhouse", "--platform", "amiga"], ["wheelhouse", "--python", "2"], ["serve", "--port", "-1"]],
)
def test_slips(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["kit", *argv])
    assert stop.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_a_room_begins_at_once(offered: str) -> None:
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda _: _asked(offered, "/a-1-py3-none-any.whl"), range(80)))
    assert set(answers) == {(200, b"a-1-py3-none-any.whl")}


def test_a_python_without_any_pip_runs_that_of_the_wheelhouse(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pip-99.0-py3-none-any.whl").touch()
    monkeypatch.setattr(_install, "output", lambda *_: None)
    monkeypatch.setattr(_install.importlib.util, "find_spec", lambda _: None)
    with _wheelhouse._variables(tmp_path):
        command = _install._pip_command({}, tmp_path / "log")
    assert command[1:] == [str(tmp_path / "pip-99.0-py3-none-any.whl" / "pip")]
    with pytest.raises(CannotGoOn, match="ensurepip"):
        _install._pip_command({}, tmp_path / "log")
