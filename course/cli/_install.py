"""Puts the locked packages into the environment: with uv where it is available, else with pip.

uv does not read pip's configuration. Users whose pip is set up for a mirror, a proxy or a certificate would
see uv fail for no reason they could guess. So their settings are passed on, unless uv has its own.

What users have set for pip and uv holds as far as it says *where* packages come from and how to get there:
the index, proxy, certificates, passwords, cache. *What* is installed, and into which folder, the lock says:
constraints, hashes, dates and the like belong to other projects, and are left out.
"""

from __future__ import annotations

import configparser
import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Mapping  # noqa: UP035  (parses and runs on 3.8)

from course.cli import _child, _wheelhouse
from course.cli._failures import CannotGoOn, failure_of, tail, trouble_in
from course.paths import LOCK, ROOT, VENV, scripts_folder, venv_python
from course.words import say

CHOICE = "COURSE_INSTALLER"
"""Set this variable to ``pip`` to do without uv, as the tests and the figures do."""

Tell = Callable[[str], None]
_FATAL = ("disk-full", "read-only")  # pip would meet the same


@dataclass(frozen=True)
class _Uv:
    program: str
    version: str
    origin: str

    def __str__(self) -> str:
        return {
            "path": say("uv {version} (the one on PATH)", version=self.version),
            "venv": say("uv {version} (in .venv)", version=self.version),
            "installed": say("uv {version} (just installed into .venv)", version=self.version),
        }[self.origin]


def base_python() -> str:
    """The interpreter to make environments with: never that of an environment, which may be removed."""
    return getattr(sys, "_base_executable", None) or sys.executable


def create(log: Path) -> None:
    """Make an empty environment without pip, which takes a tenth of a second.

    Raises:
        CannotGoOn: No module ``venv`` and no uv, or the file system refuses.
    """
    env = installing_environment(os.environ)
    if importlib.util.find_spec("venv"):
        command: list[str | Path] = [base_python(), "-m", "venv", "--without-pip", VENV]
    else:
        uv = _uv_on_path()
        if uv is None:
            raise _no_module("venv")
        command = [uv.program, "venv", "--python", base_python(), "--allow-existing", VENV]
    status, said = _child.run_quietly(command, env=env, cwd=ROOT)
    if status:
        raise failure_of(said, ROOT) or _not_created(said)
    log.write_text(said, encoding="utf-8")


def install(log: Path, *, damaged: tuple[str, ...] = (), tell: Tell) -> None:
    """Install what the lock lists, and reinstall the named damaged packages.

    Raises:
        CannotGoOn: With what stopped it and the remedy.
    """
    for said in unreadable_settings(os.environ):
        tell(said)
    uv, why = _find_uv(log)
    if uv is not None:
        tell(say("Installing the packages with {installer}.", installer=uv))
        status, said = _run_uv(uv, log, damaged)
        if status == 0:
            return
        found = trouble_in(said)
        if found and found[0] in _FATAL:
            raise failure_of(said, ROOT) or AssertionError(found)
        why = _reason(said)
        tell(say("uv could not install ({why}). Trying pip, which takes about a minute.", why=why))
    else:
        tell(say("uv is not available ({why}). Using pip, which takes about a minute.", why=why))
    _install_with_pip(log, damaged, tell)


def add(requirements: list[str], log: Path) -> None:
    """Install more than the lock has, in versions that leave the locked packages as they are.

    Raises:
        CannotGoOn: With what stopped it and the remedy.
    """
    status, said = _pip(["install", "--constraint", str(LOCK), *requirements], log)
    if status:
        raise failure_of(said, ROOT) or failed("pip", said, log)


def failed(installer: str, said: str, log: Path) -> CannotGoOn:
    """The failure that is not one of the known ones: the last lines of the output, and where all of it is."""
    return CannotGoOn(
        "The packages could not be installed with {installer}. The end of its output:\n{tail}\n"
        "All of it is in {log}. Run the same command again; if the same thing happens, remove {venv} "
        "first.",
        installer=installer,
        tail=tail(said),
        log=log,
        venv=VENV,
    )


def _not_created(said: str) -> CannotGoOn:
    return CannotGoOn(
        "The environment {venv} could not be made. The end of the output:\n{tail}\n"
        "Remove {venv} and run the same command again, if you can with a Python from python.org.",
        venv=VENV,
        tail=tail(said),
    )


def _reason(said: str) -> str:
    found = trouble_in(said)
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return found[1] if found else (lines[-1] if lines else say("it said nothing"))


def _run_uv(uv: _Uv, log: Path, damaged: tuple[str, ...]) -> tuple[int, str]:
    env = installing_environment(os.environ)
    env.update(variables_for_uv(os.environ))
    command: list[str | Path] = [uv.program, "pip", "install", "--python", venv_python(), "--no-progress"]
    for name in damaged:
        command += ["--reinstall-package", name]
    if only_local(os.environ):
        command.append("--no-index")
    return _child.run_quietly([*command, "-r", LOCK], env=env, cwd=ROOT, log=log)


# uv


def _find_uv(log: Path) -> tuple[_Uv | None, str]:
    """The uv to use, or the reason why there is none."""
    if os.environ.get(CHOICE) == "pip":
        return None, CHOICE
    uv = _uv_on_path() or _uv_in_venv("venv")
    if uv is not None:
        return uv, ""
    status, said = _pip(["install", "--no-deps", f"uv=={locked_version('uv')}"], log)
    if status:
        found = trouble_in(said)
        if found and found[0] in _FATAL:
            raise failure_of(said, ROOT) or AssertionError(found)
        return None, _reason(said)
    uv = _uv_in_venv("installed")
    return uv, "" if uv else say("it does not run on this machine")


def _uv_on_path() -> _Uv | None:
    program = shutil.which("uv")
    return _working_uv(program, "path") if program else None


def _uv_in_venv(origin: str) -> _Uv | None:
    program = shutil.which("uv", path=str(scripts_folder()))
    return _working_uv(program, origin) if program else None


def _working_uv(program: str, origin: str) -> _Uv | None:
    """That uv, if it runs: a version manager's shim may exist without a program behind it."""
    said = output([program, "--version"])
    found = re.match(r"uv (\S+)", said or "")
    return _Uv(program, found.group(1), origin) if found else None


def locked_version(name: str) -> str:
    """The version of a package in the lock."""
    found = re.search(rf"^{re.escape(name)}==(\S+)", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise LookupError(f"{name} is not in {LOCK}")
    return found.group(1)


# pip


def _install_with_pip(log: Path, damaged: tuple[str, ...], tell: Tell) -> None:
    tell(say("Installing the packages with {installer}.", installer="pip"))
    status, said = 0, ""
    if damaged:
        pinned = [f"{name}=={locked_version(name)}" for name in damaged]
        status, said = _pip(["install", "--no-deps", "--force-reinstall", *pinned], log)
    if not status:
        status, said = _pip(["install", "-r", str(LOCK)], log)
    if status:
        raise failure_of(said, ROOT) or failed("pip", said, log)


def _pip(arguments: list[str], log: Path) -> tuple[int, str]:
    """Run pip on the environment: its own, else this Python's, else one that ensurepip puts there."""
    quiet = ["--no-input", "--disable-pip-version-check", "--retries", "2"]
    if arguments[0] == "install":
        arguments = [
            "install",
            "--no-compile",
            "--no-warn-script-location",
            "--progress-bar",
            "off",
            *arguments[1:],
        ]
    env = _pip_environment(os.environ)
    return _child.run_quietly([*_pip_command(env, log), *quiet, *arguments], env=env, cwd=ROOT, log=log)


def _pip_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """With what pip's files say of where packages are, and without the files, which may say more."""
    env = installing_environment(environ)
    for option, value in pip_settings(environ).items():
        if option in _WHERE_FOR_PIP:
            env["PIP_" + option.upper().replace("-", "_")] = value
    env["PIP_CONFIG_FILE"] = os.devnull
    return env


def _pip_command(env: Mapping[str, str], log: Path) -> list[str]:
    inside = str(venv_python())
    if output([inside, "-m", "pip", "--version"], env):
        return [inside, "-m", "pip"]
    if _is_recent(output([base_python(), "-m", "pip", "--version"], env)):
        return [base_python(), "-m", "pip", "--python", inside]
    wheel = _wheelhouse.pip_wheel()
    if wheel is not None:
        return [inside, str(wheel / "pip")]
    if not importlib.util.find_spec("ensurepip"):
        raise _no_module("ensurepip")
    status, said = _child.run_quietly(
        [inside, "-m", "ensurepip", "--default-pip"], env=env, cwd=ROOT, log=log
    )
    if status:
        if "No module named" in said:
            raise _no_module("ensurepip")
        raise failure_of(said, ROOT) or _not_created(said)
    return [inside, "-m", "pip"]


def _is_recent(said: str | None) -> bool:
    """Whether that pip can work on another environment (22.3 and later)."""
    found = re.match(r"pip (\d+)\.(\d+)", said or "")
    return bool(found) and (int(found.group(1)), int(found.group(2))) >= (22, 3)  # type: ignore[union-attr]


def _no_module(module: str) -> CannotGoOn:
    return CannotGoOn(
        "This Python cannot make an environment: its module {module} is not installed.\n"
        "On Debian or Ubuntu: sudo apt install python{version}-venv. Elsewhere: install Python from "
        "python.org, or uv, which needs no such module. Then run the same command again.",
        module=module,
        version="{}.{}".format(*sys.version_info),
    )


def output(command: list[str], env: Mapping[str, str] | None = None) -> str | None:
    """What a program prints, or None if it does not run."""
    try:
        done = subprocess.run(
            command, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


# ---- what the user told pip and uv about the network -------------------------------------------------------

_WHERE_FOR_PIP = frozenset(
    {
        "index-url",
        "extra-index-url",
        "no-index",
        "find-links",
        "trusted-host",
        "cert",
        "client-cert",
        "use-feature",  # "truststore": the system's certificates
        "use-deprecated",  # "legacy-certs": pip's own
        "proxy",
        "timeout",
        "default-timeout",
        "resume-retries",
        "keyring-provider",
        "cache-dir",
        "no-cache-dir",
        "config-file",
    }
)
_WHERE_FOR_UV = frozenset(
    {
        "UV_DEFAULT_INDEX",
        "UV_INDEX",
        "UV_INDEX_URL",
        "UV_INDEX_STRATEGY",
        "UV_EXTRA_INDEX_URL",
        "UV_NO_INDEX",
        "UV_FIND_LINKS",
        "UV_INSECURE_HOST",
        "UV_ALLOW_INSECURE_HOST",
        "UV_NATIVE_TLS",
        "UV_SYSTEM_CERTS",
        "UV_OFFLINE",
        "UV_HTTP_TIMEOUT",
        "UV_HTTP_CONNECT_TIMEOUT",
        "UV_REQUEST_TIMEOUT",
        "UV_HTTP_RETRIES",
        "UV_HTTP_PROXY",
        "UV_HTTPS_PROXY",
        "UV_ALL_PROXY",
        "UV_KEYRING_PROVIDER",
        "UV_CREDENTIALS_DIR",
        "UV_CACHE_DIR",
        "UV_NO_CACHE",
        "UV_LINK_MODE",
        "UV_CONCURRENT_DOWNLOADS",
        "UV_CONCURRENT_INSTALLS",
    }
)
_PASSWORD_FOR_UV = re.compile(r"UV_INDEX_\w+_(USERNAME|PASSWORD)")


def installing_environment(environ: Mapping[str, str], prefix: Path = VENV) -> dict[str, str]:
    """The variables for pip and uv at work on that environment: of their own those that say where packages
    come from, none that changes what is installed.
    """
    env = _child.environment(prefix, scripts_folder(prefix), environ)
    # Files of uv may say what is installed, those of a folder above too: see variables_for_uv.
    return {**{name: value for name, value in env.items() if _is_passed_on(name)}, "UV_NO_CONFIG": "1"}


def _is_passed_on(name: str) -> bool:
    if name.startswith("PIP_"):
        return name[4:].lower().replace("_", "-") in _WHERE_FOR_PIP
    if name.startswith("UV_"):
        return name in _WHERE_FOR_UV or _PASSWORD_FOR_UV.fullmatch(name) is not None
    return True


_OPTIONS = {
    # pip's name: (uv's variable, what joins several values, other variables of uv that mean the same)
    "index-url": ("UV_DEFAULT_INDEX", " ", ("UV_INDEX_URL",)),
    "extra-index-url": ("UV_INDEX", " ", ("UV_EXTRA_INDEX_URL",)),
    "find-links": ("UV_FIND_LINKS", ",", ()),
    "trusted-host": ("UV_INSECURE_HOST", " ", ("UV_ALLOW_INSECURE_HOST",)),
    "cert": ("SSL_CERT_FILE", " ", ()),
    "proxy": ("ALL_PROXY", " ", ("all_proxy", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")),
    "timeout": ("UV_HTTP_TIMEOUT", " ", ()),
}


def _folders(environ: Mapping[str, str], system: str) -> list[Path]:
    """The files that pip reads, the weakest first."""
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())
    if system == "win32":
        shared = [Path(environ.get("PROGRAMDATA", r"C:\ProgramData")) / "pip" / "pip.ini"]
        own = [home / "pip" / "pip.ini", Path(environ.get("APPDATA", str(home))) / "pip" / "pip.ini"]
        return [*shared, *own, Path(sys.prefix) / "pip.ini"]
    if system == "darwin":
        shared = [Path("/Library/Application Support/pip/pip.conf")]
        support = home / "Library" / "Application Support" / "pip"
        user = support if support.is_dir() else home / ".config" / "pip"
    else:
        folders = environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
        shared = [Path(folder) / "pip" / "pip.conf" for folder in folders.split(os.pathsep) if folder]
        shared.append(Path("/etc/pip.conf"))
        user = Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip"
    return [*shared, home / ".pip" / "pip.conf", user / "pip.conf", Path(sys.prefix) / "pip.conf"]


def _files(environ: Mapping[str, str], system: str) -> list[Path]:
    named = environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return []
    return [*_folders(environ, system), *([Path(named)] if named else [])]


_UNREADABLE = (configparser.Error, OSError, ValueError)


def _pip_file(path: Path) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser()
    parser.read(path, encoding="utf-8")
    return parser


def _uv_file(path: Path) -> dict[str, Any]:
    """What a file of uv says; its table ``pip`` wins, as for ``uv pip``."""
    import tomllib  # from Python 3.11, as all that is installed

    said = tomllib.loads(path.read_text(encoding="utf-8"))
    pip = said.get("pip")
    return {**said, **pip} if isinstance(pip, dict) else said


def unreadable_settings(environ: Mapping[str, str], *, system: str = sys.platform) -> list[str]:
    """A sentence for each file of pip or uv that cannot be read, so that its index is not used."""
    found = []
    readers: list[tuple[Callable[[Path], object], list[Path]]] = [
        (_pip_file, _files(environ, system)),
        (_uv_file, _uv_files(environ, system)),
    ]
    for read, paths in readers:
        for path in dict.fromkeys(paths):
            try:
                if path.is_file():
                    read(path)
            except _UNREADABLE as error:
                reason = str(error).splitlines()[0]
                found.append(
                    say(
                        "{path} cannot be read ({reason}), so its package index and proxy are not used. "
                        "Repair or remove it.",
                        path=path,
                        reason=reason,
                    )
                )
    return found


def pip_settings(environ: Mapping[str, str], *, system: str = sys.platform) -> dict[str, str]:
    """What pip's files and variables say, by pip's option names; variables win over files."""
    settings: dict[str, str] = {}
    for path in _files(environ, system):
        try:
            parser = _pip_file(path)
        except _UNREADABLE:
            continue  # unreadable_settings names it
        for section in ("global", "install"):
            if parser.has_section(section):
                settings.update({key.replace("_", "-"): value for key, value in parser.items(section)})
    for name, value in environ.items():
        if name.startswith("PIP_"):
            settings[name[4:].lower().replace("_", "-")] = value
    if "default-timeout" in settings:
        settings.setdefault("timeout", settings["default-timeout"])
    return settings


_UV_OPTIONS = {
    # uv's name in a file: (its variable, what joins several values)
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "index-strategy": ("UV_INDEX_STRATEGY", " "),
    "allow-insecure-host": ("UV_INSECURE_HOST", " "),
    "keyring-provider": ("UV_KEYRING_PROVIDER", " "),
    "native-tls": ("UV_NATIVE_TLS", " "),
    "system-certs": ("UV_SYSTEM_CERTS", " "),
    "offline": ("UV_OFFLINE", " "),
    "http-proxy": ("UV_HTTP_PROXY", " "),
    "https-proxy": ("UV_HTTPS_PROXY", " "),
    "cache-dir": ("UV_CACHE_DIR", " "),
    "no-cache": ("UV_NO_CACHE", " "),
    "link-mode": ("UV_LINK_MODE", " "),
}
"""What uv's files say of where packages are. The rest (dates, constraints) is for other projects."""


def _uv_files(environ: Mapping[str, str], system: str) -> list[Path]:
    """The files that the user's uv reads, the weakest first."""
    if environ.get("UV_NO_CONFIG"):
        return []
    if environ.get("UV_CONFIG_FILE"):
        return [Path(environ["UV_CONFIG_FILE"])]
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())
    if system == "win32":
        folders = [
            Path(environ.get("PROGRAMDATA", r"C:\ProgramData")),
            Path(environ.get("APPDATA", str(home))),
        ]
    else:
        folders = [Path("/etc/xdg"), Path("/etc"), Path(environ.get("XDG_CONFIG_HOME") or home / ".config")]
    return [path for folder in folders if (path := folder / "uv" / "uv.toml").is_file()]


def uv_settings(environ: Mapping[str, str], *, system: str = sys.platform) -> dict[str, Any]:
    """What uv's files say, by uv's option names."""
    settings: dict[str, Any] = {}
    for path in _uv_files(environ, system):
        with contextlib.suppress(*_UNREADABLE):  # unreadable_settings names it
            settings.update(_uv_file(path))
    return settings


def _variables_of_uv(settings: Mapping[str, Any]) -> dict[str, str]:
    """uv's variables that say the same as its files, of where packages are."""
    found: dict[str, str] = {}
    for option, (variable, joint) in _UV_OPTIONS.items():
        value = settings.get(option)
        values = value if isinstance(value, list) else [value] if value is not None else []
        if values:
            found[variable] = joint.join(
                str(each).lower() if each is True or each is False else str(each) for each in values
            )
    indexes = settings.get("index")
    for index in indexes if isinstance(indexes, list) else []:
        if isinstance(index, dict) and "url" in index and not index.get("explicit"):
            named = f"{index['name']}={index['url']}" if "name" in index else str(index["url"])
            variable = "UV_DEFAULT_INDEX" if index.get("default") else "UV_INDEX"
            before = "" if variable == "UV_DEFAULT_INDEX" else found.get(variable, "")
            found[variable] = f"{before} {named}".strip()
    return found


def variables_for_uv(environ: Mapping[str, str], *, system: str = sys.platform) -> dict[str, str]:
    """The variables to add to ``environ`` so that uv uses the index and proxy of its own files, which it does
    not read, or those of pip when it has none.
    """
    if _uv_files(environ, system):
        own = _variables_of_uv(uv_settings(environ, system=system))
        return {name: value for name, value in own.items() if not environ.get(name)}
    settings = pip_settings(environ, system=system)
    added: dict[str, str] = {}
    for option, (variable, joint, equals) in _OPTIONS.items():
        value = joint.join(settings.get(option, "").split())
        if value and not any(environ.get(name) for name in (variable, *equals)):
            added[variable] = value
    if added.keys() & {"UV_INDEX", "UV_FIND_LINKS"} and not environ.get("UV_INDEX_STRATEGY"):
        added["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # pip's own rule: the best match of all indexes
    return added


def only_local(environ: Mapping[str, str], *, system: str = sys.platform) -> bool:
    """Whether pip or uv was told to ask no index, as in a class without internet."""
    said = pip_settings(environ, system=system).get("no-index", "").lower() in ("1", "true", "yes", "on")
    return said or uv_settings(environ, system=system).get("no-index") is True
