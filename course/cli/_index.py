"""What the user told pip about the network, said again in uv's words.

uv does not read pip's configuration. Somebody whose pip is set up for a mirror, a proxy or a certificate
would see uv fail for no reason they could guess. So their settings are handed on, unless uv has its own.
"""

from __future__ import annotations

import configparser
import os
import sys
from pathlib import Path
from typing import Mapping  # noqa: UP035  (parses and runs on 3.8)

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


def pip_settings(environ: Mapping[str, str], *, system: str = sys.platform) -> dict[str, str]:
    """What pip's files and variables say, by pip's option names; variables win over files."""
    settings: dict[str, str] = {}
    for path in _files(environ, system):
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, OSError, UnicodeDecodeError):
            continue  # pip will say what is wrong with it
        for section in ("global", "install"):
            if parser.has_section(section):
                settings.update({key.replace("_", "-"): value for key, value in parser.items(section)})
    for name, value in environ.items():
        if name.startswith("PIP_"):
            settings[name[4:].lower().replace("_", "-")] = value
    if "default-timeout" in settings:
        settings.setdefault("timeout", settings["default-timeout"])
    return settings


def _has_own_settings(environ: Mapping[str, str], system: str) -> bool:
    """Whether uv was set up by its user, who then means it."""
    if environ.get("UV_CONFIG_FILE"):
        return True
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())
    if system == "win32":
        folders = [
            Path(environ.get("APPDATA", str(home))),
            Path(environ.get("PROGRAMDATA", r"C:\ProgramData")),
        ]
    else:
        folders = [Path(environ.get("XDG_CONFIG_HOME") or home / ".config"), Path("/etc"), Path("/etc/xdg")]
    return any((folder / "uv" / "uv.toml").is_file() for folder in folders)


def variables_for_uv(environ: Mapping[str, str], *, system: str = sys.platform) -> dict[str, str]:
    """The variables to add to ``environ`` so that uv goes where pip would go."""
    if _has_own_settings(environ, system):
        return {}
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
    """Whether pip was told to ask no index, as in a class without internet. uv has no variable for it."""
    return pip_settings(environ, system=system).get("no-index", "").lower() in ("1", "true", "yes", "on")
