"""A small checkout with stand-ins for uv, pip and pytest: set-up runs for real and downloads nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

import pytest

from course.paths import ROOT, site_packages, venv_python

BASE = getattr(sys, "_base_executable", sys.executable)

LOCK = f"packaging=={metadata.version('packaging')}\nuv==9.9.9\n"

# Acts as uv. What it is to do is in $FAKE_UV, what it was asked is appended to $FAKE_LOG.
FAKE_UV = """
import json, os, pathlib, shutil, sys
here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, os.environ["FAKE_HOME"])
import fake_installer
fake_installer.main("uv", sys.argv[1:])
"""

FAKE_INSTALLER = '''
import json, os, pathlib, shutil, sys

WORDS = {
    "network": "error: Request failed\\n  Caused by: dns error: failed to lookup address",
    "proxy": "error: client error (Connect)\\n  Caused by: tunnel error: unsuccessful",
    "certificate": "error: invalid peer certificate: UnknownIssuer",
    "disk-full": "error: failed to write to file: No space left on device (os error 28)",
    "read-only": "error: failed to create directory: Read-only file system (os error 30)",
    "unknown": "error: the moon is in the wrong phase",
}

def main(name, arguments):
    mode = os.environ.get("FAKE_" + name.upper(), "ok")
    if "--version" in arguments:
        if mode == "broken":
            sys.exit("command not found")
        print("pip 23.2 from somewhere (python 3.11)" if name == "pip" else "uv 9.9.9")
        return
    with open(os.environ["FAKE_LOG"], "a", encoding="utf-8") as log:
        variables = {k: v for k, v in os.environ.items() if k.startswith(("UV_", "SSL_CERT", "PIP_"))}
        log.write(json.dumps({"program": name, "arguments": arguments, "env": variables}) + "\\n")
    venv = pathlib.Path(os.environ["VIRTUAL_ENV"])
    if mode in WORDS:
        print(WORDS[mode], file=sys.stderr)
        sys.exit(2)
    site = next(venv.glob("lib/python*/site-packages"))
    if any(argument.startswith("uv==") for argument in arguments):
        if mode == "no-uv":
            sys.exit("ERROR: No matching distribution found for uv")
        shutil.copy(os.environ["FAKE_HOME"] + "/bin/uv", venv / "bin" / "uv")
        return
    real = pathlib.Path(os.environ["REAL_SITE"])
    if "-r" in arguments:
        wanted = open(arguments[arguments.index("-r") + 1], encoding="utf-8").read().split()
    else:
        wanted = [argument for argument in arguments if "==" in argument]
    for line in wanted:
        package, version = line.split("==")
        info = site / f"{package}-{version}.dist-info"
        for old in site.glob(f"{package}-*.dist-info"):
            if old != info:
                shutil.rmtree(old)
        if info.exists() and package not in arguments and f"{package}=={version}" not in arguments:
            continue  # like uv and pip: what is listed is believed to be there
        shutil.rmtree(info, ignore_errors=True)
        info.mkdir()
        module = site / package
        shutil.rmtree(module, ignore_errors=True)
        if package == "packaging":
            shutil.copytree(real / package, module, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            module.mkdir()
            (module / "__init__.py").write_text("x = 1\\n")
        if mode == "half-if-there" and (site / "left-over").exists():
            (module / "__init__.py").unlink()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\\nName: {package}\\nVersion: {version}\\n")
        (info / "RECORD").write_text(f"{package}/__init__.py,,\\n{info.name}/METADATA,,\\n")
        if mode == "killed":
            os.kill(os.getppid(), 9)
            os.kill(os.getpid(), 9)
    (site / "pytest.py").write_text(PYTEST)

PYTEST = """
import json, os, sys
print(json.dumps({"arguments": sys.argv[1:], "folder": os.getcwd(), "prefix": sys.prefix,
                  "no_proxy": os.environ.get("NO_PROXY")}))
sys.exit(7 if "fail" in sys.argv else 0)
"""
'''

# Acts as the Python that makes environments; only its pip is not real.
FAKE_PYTHON = """#!/bin/sh
if [ "$1 $2" = "-m pip" ]; then
    shift 2
    exec "{python}" -I -S -c "import sys; sys.path.insert(0, '$FAKE_HOME'); import fake_installer; \
fake_installer.main('pip', sys.argv[1:])" "$@"
fi
exec "{python}" "$@"
"""

DRIVER = """
import os, sys
sys.path.insert(0, os.environ["FAKE_ROOT"])
sys._base_executable = os.environ["FAKE_HOME"] + "/python"
exec(os.environ.get("FAKE_BEFORE", ""))
from course.cli import main
if sys.argv[1:] != ["only-set-up"]:
    sys.exit(main())
from course.cli import _setup
_setup.ensure(tell=print)
assert _setup.trouble() is None, _setup.trouble()
"""


@dataclass
class Checkout:
    """A checkout in a folder with a space and letters outside ASCII, and a way to run its commands."""

    home: Path
    root: Path
    env: dict[str, str] = field(default_factory=dict)
    base: str = BASE
    lock: str = LOCK

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return venv_python(self.venv)

    @property
    def site(self) -> Path:
        return site_packages(self.venv)

    @property
    def stamp(self) -> Path:
        return self.venv / "course-set-up.json"

    def calls(self) -> list[dict[str, object]]:
        """What the fake installers were asked."""
        log = self.home / "log"
        return [json.loads(line) for line in log.read_text("utf-8").splitlines()] if log.exists() else []

    def command(self, *arguments: str) -> list[str]:
        return [BASE, "-I", str(self.home / "driver.py"), *arguments]

    def variables(self, **more: str) -> dict[str, str]:
        kept = {
            k: v
            for k, v in os.environ.items()
            if not k.startswith(("UV_", "PIP_", "COURSE_", "SSL_", "PYTHONPATH"))
        }
        return {
            **kept,
            "PATH": str(self.home / "bin"),
            "HOME": str(self.home),
            "TMPDIR": str(self.home),
            "PIP_CONFIG_FILE": os.devnull,
            "FAKE_HOME": str(self.home),
            "FAKE_LOG": str(self.home / "log"),
            "FAKE_ROOT": str(self.root),
            "REAL_SITE": str(Path(metadata.distribution("packaging").locate_file(""))),
            **self.env,
            **more,
        }

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the checkout from another folder; its words are decoded as UTF-8."""
        return subprocess.run(
            self.command(*arguments),
            env=self.variables(**more),
            cwd=self.home,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
        )

    def set_up(self, **more: str) -> str:
        """Only set up, without a command that would run inside; returns what was said."""
        done = self.run("only-set-up", **more)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def remove_uv_from_path(self) -> None:
        """Let uv come from pip instead."""
        self.env["PATH"] = str(self.home)


@pytest.fixture
def own_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The workspace of this test alone, ``work``, and nothing of the user's Jupyter."""
    for name in [name for name in os.environ if name.startswith("JUPYTER")]:
        monkeypatch.delenv(name)
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "user" / name))
    for name in ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR", "JUPYTER_PREFER_ENV_PATH"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("COURSE_WORKSPACE", str(tmp_path / "work"))
    return tmp_path / "work"


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    if os.name == "nt":
        pytest.skip("the programs that stand in for uv and pip are scripts")
    return _make(tmp_path)


@pytest.fixture(scope="session")
def _set_up_once(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    if os.name == "nt":
        pytest.skip("the programs that stand in for uv and pip are scripts")
    made = _make(tmp_path_factory.mktemp("set-up"))
    made.set_up()
    return made


@pytest.fixture
def ready(tmp_path: Path, _set_up_once: Checkout) -> Checkout:
    """A checkout that is set up: a copy of one, told that it was always here."""
    shutil.copytree(_set_up_once.home, tmp_path, symlinks=True, dirs_exist_ok=True)
    copy = Checkout(tmp_path, tmp_path / _set_up_once.root.name)
    (copy.home / "log").unlink()
    stamp = json.loads(copy.stamp.read_text(encoding="utf-8"))
    copy.stamp.write_text(json.dumps({**stamp, "root": str(copy.root)}), encoding="utf-8")
    return copy


def _make(tmp_path: Path) -> Checkout:
    root = tmp_path / "Ein Kurs für 学习"
    shutil.copytree(
        ROOT / "course",
        root / "course",
        ignore=shutil.ignore_patterns("__pycache__", "lessons", "live", "practice", "publish", "tasks"),
    )
    (root / "requirements.txt").write_text(LOCK, encoding="utf-8")
    (tmp_path / "driver.py").write_text(DRIVER, encoding="utf-8")
    (tmp_path / "fake_installer.py").write_text(FAKE_INSTALLER, encoding="utf-8")
    _program(tmp_path / "bin" / "uv", f"#!{BASE} -S\n{FAKE_UV}")
    _program(tmp_path / "python", FAKE_PYTHON.format(python=BASE))
    return Checkout(tmp_path, root)


def _program(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
