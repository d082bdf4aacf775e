"""From nothing to an environment, once; and back to one from every state that an interruption or a move leaves."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import BASE, LOCK, Checkout


def _what_pytest_saw(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_first_run_sets_up_and_goes_on_inside(checkout: Checkout) -> None:
    seen = _what_pytest_saw(checkout.run("test", "-k", "live or tasks", "tests/x y"))
    assert Path(str(seen["prefix"])) == checkout.venv
    assert Path(str(seen["folder"])) == checkout.root
    assert seen["arguments"][-3:] == ["-k", "live or tasks", "tests/x y"]
    assert "127.0.0.1" in str(seen["no_proxy"])


def test_second_run_installs_nothing(checkout: Checkout) -> None:
    checkout.run("test")
    before = len(checkout.calls())
    done = checkout.run("test")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(checkout.calls()) == before


def test_exit_status_is_that_of_the_command(checkout: Checkout) -> None:
    assert checkout.run("test", "fail").returncode == 7


def test_the_folder_can_be_given_to_python(checkout: Checkout) -> None:
    checkout.run("test")
    done = subprocess.run(
        [BASE, str(checkout.root / "course"), "test"],
        env=checkout.variables(),
        cwd=checkout.home,
        capture_output=True,
        encoding="utf-8",
    )
    assert Path(str(_what_pytest_saw(done)["folder"])) == checkout.root


def test_programs_of_the_environment_find_the_course_from_any_folder(checkout: Checkout) -> None:
    checkout.run("test")
    (checkout.site / "course.pth").read_text(encoding="ascii")
    said = subprocess.check_output(
        [checkout.python, "-c", "import course; print(ascii(course.__file__))"],
        cwd=checkout.home,
        env=checkout.variables(PYTHONIOENCODING="ascii"),
    )
    assert said.decode().strip() == ascii(str(checkout.root / "course" / "__init__.py"))


def test_uv_on_path_is_used_and_named(checkout: Checkout) -> None:
    assert "uv 9.9.9 (the one on PATH)" in checkout.run("test").stderr
    assert [call["program"] for call in checkout.calls()] == ["uv"]


def test_uv_comes_from_the_package_index_otherwise(checkout: Checkout) -> None:
    checkout.remove_uv_from_path()
    done = checkout.run("test")
    assert "uv 9.9.9 (just installed into .venv)" in done.stderr, done.stderr
    assert [call["program"] for call in checkout.calls()] == ["pip", "uv"]
    assert "uv==9.9.9" in checkout.calls()[0]["arguments"]


def test_a_name_on_path_that_does_not_run_is_no_uv(checkout: Checkout) -> None:
    done = checkout.run("test", FAKE_UV="broken")
    assert "with pip" in done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize("uv", ["unknown", "network"])
def test_pip_takes_over_when_uv_fails(checkout: Checkout, uv: str) -> None:
    done = checkout.run("test", FAKE_UV=uv)
    assert done.returncode == 0, done.stderr
    assert "Installing the packages with pip." in done.stderr
    assert [call["program"] for call in checkout.calls()] == ["uv", "pip"]


def test_pip_takes_over_when_uv_cannot_be_had(checkout: Checkout) -> None:
    checkout.remove_uv_from_path()
    done = checkout.run("test", FAKE_PIP="no-uv")
    assert done.returncode == 0, done.stderr
    assert "uv could not be had (ERROR: No matching distribution found for uv)" in done.stderr


def test_the_installer_can_be_chosen(checkout: Checkout) -> None:
    checkout.run("test", COURSE_INSTALLER="pip")
    assert [call["program"] for call in checkout.calls()] == ["pip"]


def test_pip_settings_reach_uv_and_do_not_lead_pip_astray(checkout: Checkout) -> None:
    checkout.run("test", PIP_INDEX_URL="https://mirror.example/simple", PIP_USER="1", PIP_TARGET="/elsewhere")
    assert checkout.calls()[0]["env"]["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    shutil.rmtree(checkout.venv)
    checkout.run("test", COURSE_INSTALLER="pip", PIP_USER="1", PIP_TARGET="/elsewhere")
    env = checkout.calls()[-1]["env"]
    assert env["PIP_USER"] == "0"
    assert "PIP_TARGET" not in env


class TestRepair:
    def _damage_and_run(self, checkout: Checkout, say: str) -> None:
        done = checkout.run("test")
        assert say in done.stderr
        assert done.returncode == 0, done.stderr
        assert checkout.run("test").stderr == ""

    def test_no_stamp(self, checkout: Checkout) -> None:
        checkout.run("test")
        checkout.stamp.unlink()
        self._damage_and_run(checkout, "did not reach its end")

    def test_torn_stamp(self, checkout: Checkout) -> None:
        checkout.run("test")
        checkout.stamp.write_text('{"python": ', encoding="utf-8")
        self._damage_and_run(checkout, "did not reach its end")

    def test_everything_killed_in_the_middle(self, checkout: Checkout) -> None:
        assert checkout.run("test", FAKE_UV="killed").returncode != 0
        assert not checkout.stamp.exists()
        self._damage_and_run(checkout, "did not reach its end")

    def test_installer_left_a_package_that_only_looks_installed(self, checkout: Checkout) -> None:
        checkout.run("test")
        checkout.stamp.unlink()
        (checkout.site / "uv" / "__init__.py").unlink()
        self._damage_and_run(checkout, "did not reach its end")
        assert (checkout.site / "uv" / "__init__.py").exists()

    @pytest.mark.parametrize("installer", ["uv", "pip"])
    def test_a_file_of_a_package_is_gone(self, checkout: Checkout, installer: str) -> None:
        checkout.env["COURSE_INSTALLER"] = installer
        checkout.run("test")
        (checkout.site / "packaging" / "__init__.py").unlink()
        self._damage_and_run(checkout, "packaging is missing or changed")
        assert (checkout.site / "packaging" / "__init__.py").exists()

    def test_another_version_was_installed(self, checkout: Checkout) -> None:
        checkout.run("test")
        (checkout.site / "uv-9.9.9.dist-info").rename(checkout.site / "uv-10.0.dist-info")
        self._damage_and_run(checkout, "uv is missing or changed")

    def test_no_hook(self, checkout: Checkout) -> None:
        checkout.run("test")
        (checkout.site / "course.pth").unlink()
        self._damage_and_run(checkout, "course.pth is missing")

    @pytest.mark.parametrize("part", ["bin/python", "pyvenv.cfg"])
    def test_no_python(self, checkout: Checkout, part: str) -> None:
        checkout.run("test")
        (checkout.venv / part).unlink()
        self._damage_and_run(checkout, "is missing or changed")

    def test_python_was_removed_from_the_machine(self, checkout: Checkout) -> None:
        checkout.run("test")
        (checkout.venv / "bin/python").unlink()
        (checkout.venv / "bin/python").symlink_to("/gone/python")
        self._damage_and_run(checkout, "Python is missing")

    def test_requirements_changed(self, checkout: Checkout) -> None:
        checkout.run("test")
        (checkout.root / "requirements.txt").write_text(LOCK + "another==1.0\n", encoding="utf-8")
        self._damage_and_run(checkout, "list of packages has changed")
        assert (checkout.site / "another").is_dir()

    def test_line_ends_of_requirements_do_not_matter(self, checkout: Checkout) -> None:
        checkout.run("test")
        (checkout.root / "requirements.txt").write_bytes(LOCK.replace("\n", "\r\n").encode())
        assert checkout.run("test").stderr == ""

    def test_another_python(self, checkout: Checkout) -> None:
        checkout.run("test")
        stamp = json.loads(checkout.stamp.read_text("utf-8"))
        checkout.stamp.write_text(json.dumps({**stamp, "python": "CPython 3.11.0"}), encoding="utf-8")
        self._damage_and_run(checkout, "It was set up with Python CPython 3.11.0")

    def test_moved(self, checkout: Checkout) -> None:
        checkout.run("test")
        before, checkout.root = checkout.root, checkout.home / "elsewhere"
        before.rename(checkout.root)
        self._damage_and_run(checkout, f"This folder was at {before}")
        assert str(before) not in (checkout.venv / "pyvenv.cfg").read_text("utf-8")


def test_two_at_once_set_up_once(checkout: Checkout) -> None:
    both = [
        subprocess.Popen(checkout.command("test"), env=checkout.variables(), stdout=-1, stderr=-1) for _ in range(2)
    ]
    assert [(process.communicate(timeout=60), process.returncode)[1] for process in both] == [0, 0]
    assert len(checkout.calls()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="groups of processes and their signals are Unix's")
def test_interrupt_during_set_up_says_how_to_go_on(checkout: Checkout) -> None:
    done = checkout.run("test", FAKE_BEFORE="import time\ndef stop(*a, **k): raise KeyboardInterrupt\n"
                        "from course.cli import _install; _install.install = stop")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (130, "Stopped. Run the same command again to go on.")
    assert checkout.run("test").returncode == 0
    assert os.path.exists(checkout.stamp)
