"""What can be known of deploy/ without a server, a cluster or an image."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from course.classroom.hub import ticket_of
from course.cli import _hub_seat
from course.cli._failures import CannotGoOn
from course.paths import CLASS_VARIABLE, NOTEBOOKS, ROOT

DEPLOY = ROOT / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
VALUES = yaml.safe_load((DEPLOY / "values.yaml").read_text(encoding="utf-8"))


_spec = importlib.util.spec_from_file_location("start_seats", DEPLOY / "start_seats.py")
assert _spec
assert _spec.loader
start_seats = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(start_seats)


class Section(dict[str, Any]):
    """A section of a configuration: keys and attributes are the same."""

    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__  # type: ignore[assignment]


def snippet(name: str = "course") -> Any:
    """The configuration after JupyterHub has run that file for The Littlest JupyterHub."""
    c = SimpleNamespace(JupyterHub=Section(services=[]), Spawner=Section(environment={}))
    path = DEPLOY / "jupyterhub_config.d" / f"{name}.py"
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), {"c": c})
    return c


def test_both_recipes_run_the_same_seat_within_the_same_memory() -> None:
    c, singleuser = snippet(), VALUES["singleuser"]
    assert singleuser["cmd"] == c.Spawner.cmd
    assert singleuser["memory"] == {"guarantee": c.Spawner.mem_guarantee, "limit": c.Spawner.mem_limit}
    assert singleuser["cpu"]["limit"] == c.Spawner.cpu_limit
    assert VALUES["hub"]["concurrentSpawnLimit"] % c.JupyterHub.concurrent_spawn_limit == 0
    assert str(singleuser["cmd"])[1:-1].replace("'", '"') in CONTAINERFILE


def test_both_recipes_show_the_same_page_to_who_has_to_wait() -> None:
    page = (DEPLOY / "templates" / "429.html").read_text(encoding="utf-8")
    assert VALUES["hub"]["extraFiles"]["busy"]["stringData"] == page
    assert snippet().JupyterHub.template_paths == ["/opt/after-the-response/deploy/templates"]


def test_the_image_is_of_the_lock_runs_as_a_learner_and_takes_nothing_else_in() -> None:
    copied = re.findall(r"^COPY (.+) \S+$", CONTAINERFILE, re.M)
    names = {name for line in copied for name in line.split()}
    let_through = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    assert names == let_through == {"LICENSE", "pyproject.toml", "requirements.txt", "course", "notebooks"}
    assert CONTAINERFILE.index("COPY requirements.txt") < CONTAINERFILE.index("COPY course")
    assert CONTAINERFILE.index("USER 1000") > CONTAINERFILE.index("compileall")
    assert VALUES["singleuser"]["storage"]["homeMountPath"] == "/home/learner"


def test_the_board_is_a_service_and_gives_each_seat_a_ticket_of_its_own() -> None:
    c = snippet("board")
    (service,) = c.JupyterHub.services
    ada = SimpleNamespace(user=SimpleNamespace(name="ada"))
    words = c.Spawner.environment[CLASS_VARIABLE](ada)
    place = f"{service['url']}/services/{service['name']}"
    assert words == f"hub@{place}#{ticket_of(service['api_token'], 'ada')}"
    assert service["api_token"] not in words
    assert snippet("board").JupyterHub.services[0]["api_token"] != service["api_token"]
    assert service["url"].startswith("http://127.0.0.1:")
    assert service["command"][:4] == [*c_seat()[:3], "course.cli._hub_board"]
    readme = (DEPLOY / "README.md").read_text(encoding="utf-8")
    assert f"useradd --system --no-create-home {service['user']}" in readme
    assert f"-o {service['user']} {service['cwd']}/classes" in readme
    assert "admin" not in service, "it asks the hub who somebody is, and may nothing else"


def c_seat() -> list[str]:
    command: list[str] = snippet().Spawner.cmd
    return command


def test_what_configures_holds_no_password_and_no_token() -> None:
    for name in (
        "values.yaml",
        "Containerfile",
        "jupyterhub_config.d/course.py",
        "jupyterhub_config.d/board.py",
    ):
        text = (DEPLOY / name).read_text().replace('"api_token": KEY', "")  # made when the hub starts
        found = re.search(r"(password|token|secret)\w*['\"]?\s*[:=]\s*\S", text, re.I)
        assert not found, f"{name}: {found}"


def test_a_seat_has_its_own_copies_and_opens_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("JUPYTERHUB_ROOT_DIR", "JUPYTERHUB_DEFAULT_URL"):
        monkeypatch.setenv(name, "/lab")  # what a hub's own configuration says
    program = "import os, json; from course.cli._hub_seat import get_ready; options = get_ready()\n"
    program += "print(json.dumps([options, dict(os.environ)]))"
    home = tmp_path / "home" / "ada"
    home.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("COURSE_WORKSPACE", raising=False)
    said = subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, text=True)
    options, env = yaml.safe_load(said.splitlines()[-1])
    folder = home / "after-the-response"
    assert sorted(path.name for path in folder.glob("*.ipynb")) == sorted(
        path.name for path in NOTEBOOKS.glob("*.ipynb")
    )
    assert env["COURSE_WORKSPACE"] == env["JUPYTERHUB_ROOT_DIR"] == str(folder)
    assert env["JUPYTERHUB_DEFAULT_URL"] == "/lab/tree/00_start_here.ipynb"
    assert env["JUPYTER_DATA_DIR"].startswith(str(folder))
    assert f"--LabApp.app_settings_dir={folder}/.course/jupyter/settings" in options


def test_a_seat_that_cannot_be_says_why_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room() -> list[str]:
        raise CannotGoOn("There is no lesson there.")

    monkeypatch.setattr(_hub_seat, "get_ready", no_room)
    with pytest.raises(SystemExit, match="there"):
        _hub_seat.main()


@pytest.mark.skipif(os.name == "nt", reason="a script for Linux")
def test_a_hub_has_its_passwords_before_it_is_installed(tmp_path: Path) -> None:
    def run() -> str:
        env = {**os.environ, "TLJH": str(tmp_path / "tljh")}
        return subprocess.check_output(["sh", DEPLOY / "tljh_passwords.sh"], env=env, text=True)

    said = run()
    file = tmp_path / "tljh" / "config" / "jupyterhub_config.d" / "class.py"
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "tljh").stat().st_mode & 0o005 == 0o005, "learners run programs below it"
    c = SimpleNamespace(
        JupyterHub=SimpleNamespace(),
        Authenticator=SimpleNamespace(),
        SharedPasswordAuthenticator=SimpleNamespace(),
    )
    exec(file.read_text(), {"c": c})
    shared = c.SharedPasswordAuthenticator
    assert len(shared.user_password) >= 8, "as JupyterHub demands"
    assert len(shared.admin_password) >= 32, "as JupyterHub demands"
    assert c.JupyterHub.authenticator_class == "shared-password"
    assert c.Authenticator.admin_users == {"instructor"}
    assert shared.user_password in said
    assert run() == said, "a second run changes nothing"
    readme = (DEPLOY / "README.md").read_text(encoding="utf-8")
    assert readme.index("deploy/tljh_passwords.sh") < readme.index("bootstrap.py")


NAMES = "\ufeff# the class\nAda Lovelace\r\n\n  Zoë Müller ;\nbob # late\nD'Arcy\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_names_as_people_write_them(encoding: str, capsys: pytest.CaptureFixture[str]) -> None:
    names = start_seats.read_names(NAMES.encode(encoding))
    assert names == ["ada-lovelace", "zoe-muller", "bob", "d-arcy"]
    said = capsys.readouterr().out
    assert "Ada Lovelace types the name ada-lovelace" in said
    assert "bob" not in said


@pytest.mark.parametrize(
    ("text", "says"), [("Ada B\nada-b\n", "would both be 'ada-b'"), ("李\n", "no letters")]
)
def test_names_that_no_hub_can_tell_apart(text: str, says: str) -> None:
    with pytest.raises(SystemExit, match=says):
        start_seats.read_names(text.encode())
