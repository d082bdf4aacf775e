"""Where pip would go, uv goes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from course.cli._install import (
    installing_environment,
    only_local,
    pip_settings,
    unreadable_settings,
    variables_for_uv,
)


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The variables of a user whose only settings are in this folder."""
    return {
        "HOME": str(tmp_path),
        "XDG_CONFIG_DIRS": str(tmp_path / "xdg"),
        "PIP_CONFIG_FILE": str(tmp_path / "no"),
    }


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_nothing_set(home: dict[str, str]) -> None:
    assert variables_for_uv({"PIP_CONFIG_FILE": os.devnull, "HOME": home["HOME"]}) == {}


def test_configuration_file(home: dict[str, str], tmp_path: Path) -> None:
    _write(
        tmp_path / ".config" / "pip" / "pip.conf",
        "[global]\nindex-url = https://a.example/simple\nextra-index-url =\n  https://b.example\n  https://c.example\n"
        "[install]\nfind-links = /wheels /more\ntrusted-host = a.example\n",
    )
    added = variables_for_uv(home, system="linux")
    assert added["UV_DEFAULT_INDEX"] == "https://a.example/simple"
    assert added["UV_INDEX"] == "https://b.example https://c.example"
    assert added["UV_FIND_LINKS"] == "/wheels,/more"
    assert added["UV_INSECURE_HOST"] == "a.example"
    assert added["UV_INDEX_STRATEGY"] == "unsafe-best-match"


def test_variables_win_over_files(home: dict[str, str], tmp_path: Path) -> None:
    _write(tmp_path / ".pip" / "pip.conf", "[global]\nindex-url = https://file.example\ncert = /file.pem\n")
    environ = {**home, "PIP_INDEX_URL": "https://variable.example"}
    added = variables_for_uv(environ, system="linux")
    assert (added["UV_DEFAULT_INDEX"], added["SSL_CERT_FILE"]) == ("https://variable.example", "/file.pem")


def test_what_is_set_for_uv_stays(home: dict[str, str]) -> None:
    environ = {**home, "PIP_INDEX_URL": "https://pip.example", "UV_INDEX_URL": "https://uv.example"}
    assert "UV_DEFAULT_INDEX" not in variables_for_uv(environ)


def test_a_user_who_configured_uv_means_it(home: dict[str, str], tmp_path: Path) -> None:
    _write(tmp_path / ".config" / "uv" / "uv.toml", "")
    assert variables_for_uv({**home, "PIP_INDEX_URL": "https://pip.example"}, system="linux") == {}


def test_the_proxy_of_the_system_wins(home: dict[str, str]) -> None:
    environ = {**home, "PIP_PROXY": "http://pip:3128"}
    assert variables_for_uv(environ)["ALL_PROXY"] == "http://pip:3128"
    assert "ALL_PROXY" not in variables_for_uv({**environ, "HTTPS_PROXY": "http://system:3128"})


def test_windows_and_macos_places(home: dict[str, str], tmp_path: Path) -> None:
    _write(tmp_path / "Roaming" / "pip" / "pip.ini", "[global]\nindex-url = https://windows.example\n")
    windows = {**home, "APPDATA": str(tmp_path / "Roaming"), "PROGRAMDATA": str(tmp_path / "none")}
    assert variables_for_uv(windows, system="win32")["UV_DEFAULT_INDEX"] == "https://windows.example"
    _write(
        tmp_path / "Library" / "Application Support" / "pip" / "pip.conf",
        "[global]\nindex-url = https://mac.example\n",
    )
    assert variables_for_uv(home, system="darwin")["UV_DEFAULT_INDEX"] == "https://mac.example"


def test_a_class_without_internet(home: dict[str, str]) -> None:
    assert only_local({**home, "PIP_NO_INDEX": "1"})
    assert not only_local(home)


@pytest.mark.parametrize(
    ("name", "content"), [(".pip/pip.conf", "no section\n"), (".config/uv/uv.toml", "a = [\n")]
)
def test_a_broken_file_is_named(name: str, content: str, home: dict[str, str], tmp_path: Path) -> None:
    assert unreadable_settings(home, system="linux") == []
    _write(tmp_path / name, content)
    assert "index-url" not in pip_settings(home, system="linux")
    assert "UV_DEFAULT_INDEX" not in variables_for_uv(home, system="linux")
    [said] = unreadable_settings(home, system="linux")
    assert said.startswith(f"{tmp_path / name} cannot be read (")
    assert said.endswith("Repair or remove it.")


def test_the_place_in_uvs_own_file_holds_and_nothing_else_of_it(home: dict[str, str], tmp_path: Path) -> None:
    _write(
        tmp_path / ".config" / "uv" / "uv.toml",
        """
        exclude-newer = "2020-01-01"
        constraint-dependencies = ["fastapi<0.1"]
        native-tls = true
        extra-index-url = ["https://old.example"]
        [pip]
        require-hashes = true
        no-index = true
        find-links = ["/wheels", "/more"]
        [[index]]
        name = "ours"
        url = "https://ours.example"
        default = true
        [[index]]
        url = "https://more.example"
        """,
    )
    assert variables_for_uv({**home, "PIP_INDEX_URL": "https://pip.example"}, system="linux") == {
        "UV_NATIVE_TLS": "true",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_DEFAULT_INDEX": "ours=https://ours.example",
        "UV_INDEX": "https://old.example https://more.example",
    }
    assert only_local(home, system="linux")
    environ = {**home, "UV_DEFAULT_INDEX": "https://variable.example"}
    assert "UV_DEFAULT_INDEX" not in variables_for_uv(environ, system="linux")
    named = {
        **home,
        "UV_CONFIG_FILE": str(tmp_path / ".config" / "uv" / "uv.toml"),
        "XDG_CONFIG_HOME": "/none",
    }
    assert variables_for_uv(named, system="linux")["UV_DEFAULT_INDEX"] == "ours=https://ours.example"


def test_who_turns_uvs_files_off_has_none(home: dict[str, str], tmp_path: Path) -> None:
    _write(tmp_path / ".config" / "uv" / "uv.toml", "broken [")
    environ = {**home, "UV_NO_CONFIG": "1", "PIP_INDEX_URL": "https://pip.example"}
    assert variables_for_uv(environ, system="linux")["UV_DEFAULT_INDEX"] == "https://pip.example"
    assert unreadable_settings(environ, system="linux") == []


def test_uv_reads_no_file_itself(home: dict[str, str]) -> None:
    env = installing_environment({**home, "UV_CONFIG_FILE": "/x/uv.toml"})
    assert env["UV_NO_CONFIG"] == "1"
    assert "UV_CONFIG_FILE" not in env


def test_no_file_at_all_when_told_so(home: dict[str, str], tmp_path: Path) -> None:
    _write(tmp_path / ".pip" / "pip.conf", "[global]\nindex-url = https://file.example\n")
    assert pip_settings({**home, "PIP_CONFIG_FILE": os.devnull}) == {"config-file": os.devnull}
