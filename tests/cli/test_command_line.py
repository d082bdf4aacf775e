"""What is typed: help without set-up, slips, old and new Pythons, what is handed on to the program inside."""

from __future__ import annotations

import ast
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from course import cli
from course.cli import COMMANDS, _child, _commands, main, run_inside
from course.cli import test as test_command
from course.paths import ROOT, scripts_folder, site_packages, venv_python
from course.seat import OLDEST, too_new, too_old

NEEDED = ("__init__", "__main__", "notebook", "paths", "variables", "words")
BOOTSTRAP = [ROOT / "course" / f"{name}.py" for name in NEEDED]
BOOTSTRAP += [*(ROOT / "course" / "cli").glob("*.py"), *(ROOT / "course" / "seat").glob("*.py")]


def _python(version: str) -> str | None:
    name = f"python{version}"
    candidates = [shutil.which(name), *Path.home().glob(f".pyenv/versions/{version}.*/bin/{name}")]
    return next((str(path) for path in candidates if path and _answers(str(path))), None)


def _answers(python: str) -> bool:
    return subprocess.run([python, "-c", ""], capture_output=True).returncode == 0


@pytest.mark.parametrize("how", [["-m", "course"], ["course"]], ids=" ".join)
@pytest.mark.parametrize("version", ["2.7", "3.6", "3.7", "3.8", "3.10"])
def test_an_old_python_gets_one_line(version: str, how: list[str]) -> None:
    python = _python(version)
    if python is None:
        pytest.skip(f"there is no Python {version} here")
    done = subprocess.run([python, "-B", *how, "start"], cwd=ROOT, capture_output=True, text=True)
    if version == "2.7":  # it reads no further than a line that it cannot parse, and shows that
        assert f"Run: python3 {' '.join(how)} start" in done.stderr
        return
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"This is Python {version}.")
    assert f"the course needs {'.'.join(map(str, OLDEST))}" in line


@pytest.mark.parametrize("name", ["__init__", "__main__"])
def test_what_every_python_3_reads_parses_on_3_6(name: str) -> None:
    path = ROOT / "course" / f"{name}.py"
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize("path", BOOTSTRAP, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_bootstrap_parses_on_python_3_8(path: Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 8))


def test_the_bootstrap_needs_no_package() -> None:
    """Loading every command, as --help does, takes nothing from site-packages."""
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-B", "-m", "course", "test", "--help"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert "every test" in done.stdout


def test_supported_pythons() -> None:
    assert [too_old((3, minor)) for minor in (10, 11, 14, 15)] == [True, False, False, False]
    assert [too_new((3, minor)) for minor in (11, 14, 15)] == [False, False, True]


def test_old_python_in_process(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(cli, "too_old", lambda: True)
    assert main(["start"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_new_python_gets_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_commands, "too_new", lambda: True)
    _commands.note_new_python()
    assert "tested up to 3.14. Going on." in capsys.readouterr().err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([name, "--help"])
    assert stop.value.code == 0
    assert f"usage: python3 -m course {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "argv", [["strat"], ["start", "--prot", "1"], ["start", "--port", "70000"], ["doctor", "x"]]
)
def test_slips_are_told_before_anything_is_set_up(argv: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("course.cli._setup.ensure", lambda **_: pytest.fail("set up"))
    with pytest.raises(SystemExit) as stop:
        main(argv)
    assert stop.value.code == 2


def test_without_a_command_the_commands_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([])
    said = capsys.readouterr().out
    assert all(name in said for name in COMMANDS)


def test_arguments_of_pytest_are_taken_as_they_are() -> None:
    argv = ["-k", "a or b", "--lf", "--", "-x", "--port"]
    assert _commands.parse("test", argv).rest == argv


def test_tests_run_in_parallel_unless_somebody_looks() -> None:
    assert test_command.parallel([], processors=2) == ["-n", "5"]
    assert test_command.parallel(["tests/live", "-k", "x"], processors=16)[1] == "9"
    assert test_command.parallel([], processors=1) == []
    for argv in (
        ["--pdb"],
        ["-n0"],
        ["-n", "3"],
        ["-s"],
        ["-p", "no:xdist"],
        ["--collect-only"],
        ["--version"],
    ):
        assert test_command.parallel(argv, processors=2) == []


def test_a_whole_run_says_how_long_it_takes_here(tmp_path: Path) -> None:
    def said(*options: str) -> str:
        return str(test_command.Whole([*options], tmp_path))

    first = said()
    assert re.fullmatch(r"All tests: about (a minute|\d+ minutes) with \d+ processors\.", first)
    test_command.Whole([], tmp_path).keep()
    assert said() == "All tests: about a minute, as the last time here."
    assert said("--browser") == said("--whole") == first
    (tmp_path / "course-test.json").write_text('{"": [', encoding="utf-8")
    assert said() == first


def test_packages_are_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "package_of_this_test.py").touch()
    assert not test_command.is_compiled("package_of_this_test")
    command = [sys.executable, *test_command.COMPILE, str(tmp_path)]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    assert subprocess.run(command, env=env, check=True, capture_output=True).stdout == b""
    assert test_command.is_compiled("package_of_this_test")
    assert not test_command.is_compiled("no_such_package")


def test_paths_are_those_of_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "test_mine.py").touch()
    monkeypatch.chdir(tmp_path)
    assert test_command._from_here("test_mine.py::test_a") == f"{tmp_path / 'test_mine.py'}::test_a"
    assert test_command._from_here("tests/cli") == "tests/cli"
    assert test_command._from_here("-x") == "-x"


def test_failures_inside_become_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("course.cli._workspace.NOTEBOOKS", tmp_path)
    assert run_inside("start", ["--no-lab"]) == 1


def test_folders_of_windows() -> None:
    venv = Path("x")
    assert venv_python(venv, system="nt") == venv / "Scripts" / "python.exe"
    assert scripts_folder(venv, system="posix") == venv / "bin"
    assert site_packages(venv, system="nt") == venv / "Lib" / "site-packages"
    assert (
        site_packages(venv, system="posix", version=(3, 12)) == venv / "lib" / "python3.12" / "site-packages"
    )


def test_nobody_elses_packages_reach_a_child(tmp_path: Path) -> None:
    env = _child.environment(
        tmp_path, tmp_path / "bin", {"PYTHONPATH": "/ros", "PYTHONHOME": "/x", "PATH": "/usr/bin"}
    )
    assert env["PATH"] == os.pathsep.join([str(tmp_path / "bin"), "/usr/bin"])
    assert not {"PYTHONPATH", "PYTHONHOME"} & env.keys()


def test_a_child_that_a_signal_ended() -> None:
    if os.name == "nt":
        pytest.skip("signals are Unix's")
    program = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    assert _child.run([sys.executable, "-c", program], env=os.environ) == 128 + signal.SIGKILL


@pytest.mark.skipif(os.name == "nt", reason="signals are Unix's")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_command_is_the_childs_to_answer(number: signal.Signals) -> None:
    child = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGINT, lambda *a: sys.exit(42))\n"
        "signal.signal(signal.SIGTERM, lambda *a: sys.exit(43))\n"
        "print('up', flush=True)\n"
        "while True: time.sleep(0.01)"  # one long sleep could begin between the signal and its handler
    )
    parent = (
        "import os, sys; sys.path.insert(0, sys.argv[1]); from course.cli import _child\n"
        "sys.exit(_child.run([sys.executable, '-c', sys.argv[2]], env=os.environ))"
    )
    command = [sys.executable, "-c", parent, str(ROOT), child]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        process.send_signal(number)
        assert process.wait(300) == (42 if number == signal.SIGINT else 43)


def test_a_program_that_does_not_exist_is_no_traceback(tmp_path: Path) -> None:
    status, said = _child.run_quietly([tmp_path / "no such program"], env=os.environ, cwd=tmp_path)
    assert status == 127
    assert "no such program" in said


def test_what_a_program_says_is_kept(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [sys.executable, "-c", "import sys; print('ä'); print('b', file=sys.stderr); sys.exit(3)"]
    env = {**os.environ, "PYTHONUTF8": "1"}
    status, said = _child.run_quietly(command, env=env, cwd=tmp_path, log=log)
    assert status == 3
    assert sorted(said.split()) == ["b", "ä"]
    assert "ä" in log.read_text(encoding="utf-8")


def test_a_terminal_sees_what_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    env = {**os.environ, "PYTHONUTF8": "1"}
    _child.run_quietly([sys.executable, "-c", "print('Resolved 144 packages')"], env=env, cwd=tmp_path)
    shown = sys.stderr.getvalue()  # type: ignore[attr-defined]
    assert "\r  0 s  Resolved 144 packages " in shown
    assert shown.endswith("\r"), "and the line is free again"


def test_readme_begins_with_the_two_commands() -> None:
    top = (ROOT / "README.md").read_text(encoding="utf-8")[:1500]
    assert "python3 -m course start" in top
    assert "python3 -m course test" in top


def test_ci_runs_the_same_command() -> None:
    lines = [line.strip() for line in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()]
    assert [line for line in lines if line.startswith("python3")] == [
        "python3 -m course test --browser",
        "python3 -m course test",
    ]


def test_progress(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COURSE_WORKSPACE", str(tmp_path))
    assert run_inside("progress", []) == 0
    assert len(capsys.readouterr().out.splitlines()) > 2
    assert run_inside("progress", ["start_here", "--json"]) == 0
    (lesson,) = json.loads(capsys.readouterr().out)["lessons"]
    assert (lesson["name"], lesson["passed"]) == ("start_here", [])
    assert run_inside("progress", ["no_such_lesson"]) == 2


def test_audit_and_refresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What they do is tested with `course.publish`; here only that they do it, and how they fail."""
    assert run_inside("audit", [str(tmp_path)]) == 1
    assert "There is no notebook here." in capsys.readouterr().out
    assert run_inside("refresh", [str(tmp_path)]) == 1
    assert "there is no notebook" in capsys.readouterr().err
    (tmp_path / "broken.ipynb").write_text("{", encoding="utf-8")
    assert run_inside("refresh", ["--check", str(tmp_path)]) == 1
    assert "The file was not changed." in capsys.readouterr().err


def test_readme_names_every_lesson_and_points_at_what_is_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        assert f"(notebooks/{notebook.name})" in text, f"README.md does not link to {notebook.name}"
    links = re.findall(r"\]\(([^)#:]+)\)", text + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert "docs/page.png" in links
    ours = [link for link in links if not link.startswith("../../actions/")]  # GitHub's own pages
    assert [link for link in ours if not (ROOT / link).exists()] == []
