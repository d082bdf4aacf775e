"""Everything known to go wrong on a learner's machine gets one message with its remedy, and no traceback."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from course.cli._failures import failure_of, failure_of_error, trouble_in

if TYPE_CHECKING:
    from tests.cli.conftest import Checkout


def _fails(checkout: Checkout, **how: str) -> str:
    """What a command that cannot go on says."""
    done = checkout.run("test", **how)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "same command again" in done.stderr
    return done.stderr


def test_no_network(checkout: Checkout) -> None:
    said = _fails(checkout, FAKE_UV="network", FAKE_PIP="network")
    assert "The package index could not be reached (dns error)" in said
    assert "did not reach its end" in checkout.set_up(), "once there is a network, it goes on"


def test_proxy_refused(checkout: Checkout) -> None:
    said = _fails(checkout, FAKE_UV="proxy", FAKE_PIP="proxy")
    assert "The proxy refused" in said
    assert "HTTPS_PROXY" in said


def test_unknown_certificate(checkout: Checkout) -> None:
    assert "SSL_CERT_FILE" in _fails(checkout, FAKE_UV="certificate", FAKE_PIP="certificate")


def test_disk_full_is_not_tried_again_with_pip(checkout: Checkout) -> None:
    said = _fails(checkout, FAKE_UV="disk-full")
    assert "MB free" in said
    assert "pip" not in said


def test_disk_too_full_to_begin(checkout: Checkout) -> None:
    before = "from course.cli import _setup; _setup.free_mb = lambda folder: 3\n"
    assert "needs about 400 MB" in _fails(checkout, FAKE_BEFORE=before)


def test_folder_cannot_be_written(checkout: Checkout) -> None:
    before = (
        "import tempfile\n"
        "def refuse(*a, **k): raise OSError(30, 'Read-only file system')\n"
        "tempfile.mkstemp = refuse\n"
    )
    said = _fails(checkout, FAKE_BEFORE=before)
    assert f"{checkout.root} cannot be written (Read-only file system)" in said


def test_file_system_turns_read_only_under_uv(checkout: Checkout) -> None:
    assert "cannot be written" in _fails(checkout, FAKE_UV="read-only")


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_debian_without_venv(checkout: Checkout, module: str) -> None:
    checkout.remove_uv_from_path()
    before = (
        "import importlib.util as util\n"
        "find = util.find_spec\n"
        f"util.find_spec = lambda name: None if name == '{module}' else find(name)\n"
    )
    how = {"FAKE_PIP": "broken", "FAKE_BEFORE": before}
    checkout.env["PATH"] = str(checkout.home)
    done = checkout.run("test", **how)
    assert done.returncode == 1
    assert f"its module {module} is not installed" in done.stderr
    assert "-venv" in done.stderr
    assert "Traceback" not in done.stderr


def test_unknown_failure_shows_the_last_words_and_where_the_rest_is(checkout: Checkout) -> None:
    said = _fails(checkout, FAKE_UV="unknown", FAKE_PIP="unknown")
    assert "    error: the moon is in the wrong phase" in said
    assert "course-set-up.log" in said


SAYS = {
    "disk-full": "is full: ",
    "read-only": "cannot be written (",
    "proxy": "The proxy refused",
    "certificate": "SSL_CERT_FILE",
    "network": "index could not be reached (",
}


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("OSError: [Errno 28] No space left on device", "disk-full"),
        ("error: There is not enough space on the disk. (os error 112)", "disk-full"),
        ("PermissionError: [WinError 5] Access is denied", "read-only"),
        ("ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407'))", "proxy"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]", "certificate"),
        ("NewConnectionError: [Errno -2] Name or service not known", "network"),
        ("Failed to establish a new connection: [WinError 11001] getaddrinfo failed", "network"),
        ("ReadTimeoutError: HTTPSConnectionPool: Read timed out. (read timeout=15)", "network"),
    ],
)
def test_words_of_pip_and_uv(words: str, key: str) -> None:
    found = trouble_in(words)
    assert found is not None
    assert found[0] == key
    assert SAYS[key] in str(failure_of(words, Path.cwd()))


def test_other_words_are_no_known_trouble() -> None:
    assert failure_of("ERROR: No matching distribution found for fastapi==99", Path.cwd()) is None


@pytest.mark.parametrize(
    ("number", "key"),
    [
        (errno.ENOSPC, "disk-full"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "read-only"),
    ],
)
def test_errors_of_the_file_system(number: int, key: str) -> None:
    assert SAYS[key] in str(failure_of_error(OSError(number, "x"), Path.cwd()))


def test_other_errors_stay_errors() -> None:
    assert failure_of_error(OSError(errno.EBADF, "x"), Path.cwd()) is None
