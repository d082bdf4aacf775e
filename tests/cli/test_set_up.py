"""From nothing to an environment, and back to one from every state that an accident or a move leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Checkout


def _what_pytest_saw(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])  # before it, how long this takes


def test_first_run_sets_up_and_goes_on_inside(checkout: Checkout) -> None:
    seen = _what_pytest_saw(checkout.run("test", "-k", "live or tasks", "tests/x y"))
    assert Path(str(seen["prefix"])) == checkout.venv
    assert Path(str(seen["folder"])) == checkout.root
    assert seen["arguments"][-3:] == ["-k", "live or tasks", "tests/x y"]
    assert "127.0.0.1" in str(seen["no_proxy"])


def test_exit_status_is_that_of_the_command(ready: Checkout) -> None:
    done = ready.run("test", "fail")
    assert (done.returncode, done.stderr) == (7, "")


def test_the_folder_can_be_given_to_python(checkout: Checkout) -> None:
    done = subprocess.run(
        [checkout.base, str(checkout.root / "course"), "test"],
        env=checkout.variables(),
        cwd=checkout.home,
        capture_output=True,
        encoding="utf-8",
    )
    assert Path(str(_what_pytest_saw(done)["folder"])) == checkout.root


def test_programs_of_the_environment_find_the_course_from_any_folder(ready: Checkout) -> None:
    checkout = ready
    (checkout.site / "course.pth").read_text(encoding="ascii")
    said = subprocess.check_output(
        [checkout.python, "-c", "import course; print(ascii(course.__file__))"],
        cwd=checkout.home,
        env=checkout.variables(PYTHONIOENCODING="ascii"),
    )
    assert said.decode().strip() == ascii(str(checkout.root / "course" / "__init__.py"))


def test_uv_on_path_is_used_and_named(checkout: Checkout) -> None:
    assert "uv 9.9.9 (the one on PATH)" in checkout.set_up()
    assert [call["program"] for call in checkout.calls()] == ["uv"]


def test_uv_comes_from_the_package_index_otherwise(checkout: Checkout) -> None:
    checkout.remove_uv_from_path()
    assert "uv 9.9.9 (just installed into .venv)" in checkout.set_up()
    assert [call["program"] for call in checkout.calls()] == ["pip", "uv"]
    assert "uv==9.9.9" in checkout.calls()[0]["arguments"]


def test_a_name_on_path_that_does_not_run_is_no_uv(checkout: Checkout) -> None:
    assert "with pip" in checkout.set_up(FAKE_UV="broken")


@pytest.mark.parametrize("uv", ["unknown", "network"])
def test_pip_takes_over_when_uv_fails(checkout: Checkout, uv: str) -> None:
    assert "Installing the packages with pip." in checkout.set_up(FAKE_UV=uv)
    assert [call["program"] for call in checkout.calls()] == ["uv", "pip"]


def test_pip_takes_over_when_uv_cannot_be_had(checkout: Checkout) -> None:
    checkout.remove_uv_from_path()
    said = checkout.set_up(FAKE_PIP="no-uv")
    assert "uv is not available (ERROR: No matching distribution found for uv)" in said


def test_the_installer_can_be_chosen(checkout: Checkout) -> None:
    checkout.set_up(COURSE_INSTALLER="pip")
    assert [call["program"] for call in checkout.calls()] == ["pip"]


def test_pip_settings_reach_uv_and_do_not_lead_pip_astray(checkout: Checkout) -> None:
    settings = {"PIP_INDEX_URL": "https://mirror.example/simple", "PIP_USER": "1", "PIP_TARGET": "/elsewhere"}
    checkout.set_up(FAKE_UV="unknown", **settings)
    uv, pip = checkout.calls()
    assert uv["env"]["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert not {"PIP_USER", "PIP_TARGET"} & pip["env"].keys()


def test_what_is_installed_does_not_depend_on_settings(checkout: Checkout) -> None:
    """Neither by variables nor by pip's file: with one of them real installers refuse the lock."""
    where = {"PIP_PROXY": "http://proxy:3128", "UV_HTTP_TIMEOUT": "99", "UV_INDEX_OURS_PASSWORD": "secret"}
    what = {
        "PIP_CONSTRAINT": "/constraints.txt",
        "PIP_REQUIRE_HASHES": "1",
        "PIP_NO_DEPS": "1",
        "PIP_OF_NEXT_YEAR": "1",
        "UV_EXCLUDE_NEWER": "2020-01-01",
        "UV_CONSTRAINT": "/constraints.txt",
        "UV_REQUIRE_HASHES": "1",
        "UV_RESOLUTION": "lowest",
        "UV_SYSTEM_PYTHON": "1",
    }
    file = checkout.home / "pip.conf"
    file.write_text("[install]\nrequire-hashes = true\nfind-links = /wheels\n", encoding="utf-8")
    checkout.set_up(FAKE_UV="unknown", PIP_CONFIG_FILE=str(file), **where, **what)
    uv, pip = checkout.calls()
    for call in (uv, pip):
        assert not what.keys() & call["env"].keys()
        assert where.items() <= call["env"].items()
    assert uv["env"]["UV_FIND_LINKS"] == pip["env"]["PIP_FIND_LINKS"] == "/wheels"
    assert pip["env"]["PIP_CONFIG_FILE"] == os.devnull


@pytest.mark.parametrize("name", ["ENOLCK", "ENOSYS", "EOPNOTSUPP"])
def test_a_file_system_without_locks_is_not_another_set_up(checkout: Checkout, name: str) -> None:
    before = (
        "import errno, fcntl\n"
        f"def refuse(*_): raise OSError(errno.{name}, os.strerror(errno.{name}))\n"
        "fcntl.flock = refuse"
    )
    said = checkout.set_up(FAKE_BEFORE=before)
    assert "There are no file locks in" in said
    assert "Another set-up" not in said


def test_a_path_that_python_cannot_use_is_said_before_anything_is_made(checkout: Checkout) -> None:
    moved = checkout.home / "Work: Courses" / "course"
    moved.parent.mkdir()
    checkout.root.rename(moved)
    checkout.root = moved
    done = checkout.run("start", "--no-lab")
    assert done.returncode == 1
    assert f"There is a : in the path of this folder: {moved}\n" in done.stderr
    assert "Rename or move the folder" in done.stderr
    assert not checkout.venv.exists()
    assert checkout.calls() == []


class TestRepair:
    """Each state that an interruption, an accident or a move can leave, and the next run."""

    def test_nothing_to_repair(self, ready: Checkout) -> None:
        assert ready.set_up() == ""
        assert ready.calls() == []

    def test_no_stamp(self, ready: Checkout) -> None:
        ready.stamp.unlink()
        assert "did not reach its end" in ready.set_up()

    def test_torn_stamp(self, ready: Checkout) -> None:
        ready.stamp.write_text('{"python": ', encoding="utf-8")
        assert "did not reach its end" in ready.set_up()

    def test_everything_killed_in_the_middle(self, checkout: Checkout) -> None:
        assert checkout.run("only-set-up", FAKE_UV="killed").returncode != 0
        assert not checkout.stamp.exists()
        assert "did not reach its end" in checkout.set_up()

    def test_installer_left_a_package_that_only_looks_installed(self, ready: Checkout) -> None:
        ready.stamp.unlink()
        (ready.site / "uv" / "__init__.py").unlink()
        ready.set_up()
        assert (ready.site / "uv" / "__init__.py").exists()

    def test_installer_had_only_begun_with_a_package(self, ready: Checkout) -> None:
        ready.stamp.unlink()
        (ready.site / "uv-9.9.9.dist-info" / "METADATA").unlink()
        assert ready.set_up().count("Installing") == 1
        assert (ready.site / "uv-9.9.9.dist-info" / "METADATA").exists()

    def test_installer_cannot_repair_so_all_is_made_anew(self, ready: Checkout) -> None:
        (ready.site / "uv" / "__init__.py").unlink()
        (ready.site / "left-over").touch()
        said = ready.set_up(FAKE_UV="half-if-there")
        assert said.count("Installing") == 3
        assert not (ready.site / "left-over").exists()

    @pytest.mark.parametrize("installer", ["uv", "pip"])
    def test_a_file_of_a_package_is_gone(self, ready: Checkout, installer: str) -> None:
        (ready.site / "packaging" / "__init__.py").unlink()
        assert "packaging is missing or changed" in ready.set_up(COURSE_INSTALLER=installer)
        assert (ready.site / "packaging" / "__init__.py").exists()

    def test_programs_and_bytecode_are_not_missed(self, ready: Checkout) -> None:
        (record,) = ready.site.glob("packaging-*.dist-info/RECORD")
        rows = "../../../bin/tool,sha256=x,9\npackaging/__pycache__/x.pyc,,\n"
        record.write_text(rows + record.read_text("utf-8"), encoding="utf-8")
        assert ready.set_up() == ""

    def test_another_version_was_installed(self, ready: Checkout) -> None:
        (ready.site / "uv-9.9.9.dist-info").rename(ready.site / "uv-10.0.dist-info")
        assert "uv is missing or changed" in ready.set_up()

    def test_no_hook(self, ready: Checkout) -> None:
        (ready.site / "course.pth").unlink()
        assert "course.pth is missing" in ready.set_up()

    @pytest.mark.parametrize("part", ["bin/python", "pyvenv.cfg"])
    def test_no_python(self, ready: Checkout, part: str) -> None:
        (ready.venv / part).unlink()
        assert "is missing or changed" in ready.set_up()

    def test_python_was_removed_from_the_machine(self, ready: Checkout) -> None:
        (ready.venv / "bin/python").unlink()
        (ready.venv / "bin/python").symlink_to("/gone/python")
        assert "Python is missing" in ready.set_up()

    def test_requirements_changed(self, ready: Checkout) -> None:
        (ready.root / "requirements.txt").write_text(ready.lock + "another==1.0\n", encoding="utf-8")
        assert "list of packages has changed" in ready.set_up()
        assert (ready.site / "another").is_dir()

    def test_line_ends_of_requirements_do_not_matter(self, ready: Checkout) -> None:
        (ready.root / "requirements.txt").write_bytes(ready.lock.replace("\n", "\r\n").encode())
        assert ready.set_up() == ""

    def test_another_python(self, ready: Checkout) -> None:
        stamp = json.loads(ready.stamp.read_text("utf-8"))
        ready.stamp.write_text(json.dumps({**stamp, "python": "CPython 3.11.0"}), encoding="utf-8")
        assert "It was set up with CPython 3.11.0" in ready.set_up()

    def test_moved(self, ready: Checkout) -> None:
        before, ready.root = ready.root, ready.home / "elsewhere"
        before.rename(ready.root)
        assert f"This folder was at {before}" in ready.set_up()
        assert str(before) not in (ready.venv / "pyvenv.cfg").read_text("utf-8")


def test_two_at_once_set_up_once(checkout: Checkout) -> None:
    both = [
        subprocess.Popen(checkout.command("only-set-up"), env=checkout.variables(), stdout=-1, stderr=-1)
        for _ in range(2)
    ]
    assert [(process.communicate(timeout=300), process.returncode)[1] for process in both] == [0, 0]
    assert len(checkout.calls()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="groups of processes and their signals are Unix's")
def test_interrupt_during_set_up_says_how_to_go_on(checkout: Checkout) -> None:
    done = checkout.run(
        "test",
        FAKE_BEFORE="import time\ndef stop(*a, **k): raise KeyboardInterrupt\n"
        "from course.cli import _install; _install.install = stop",
    )
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        130,
        "Stopped. Run the same command again to go on.",
    )
    assert "did not reach its end" in checkout.set_up()
