"""What the lesson shows as recorded, run again: on real servers, where Debian's packages are installed."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from course.facts import find
from course.lessons.beyond_one_process import lives
from course.lessons.beyond_one_process.lives import (
    mail_later,
    recorded,
    recorded_claims,
    two_claims,
    two_lives,
)

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
POSTGRES = BINARIES[-1].parent if BINARIES else None
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        assert process.poll() is None, "the server has ended"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(port)


def until_it_has_started(url: str) -> None:
    """PostgreSQL listens before it lets anybody in."""
    end = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError as error:
            if "starting up" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return


def run_in_background(command: list[str], port: int, **options: object) -> Iterator[int]:
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **options,  # type: ignore[call-overload]
    )
    try:
        until_it_listens(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if POSTGRES is None:
        pytest.skip("no PostgreSQL in /usr/lib/postgresql")
    user = {"user": "postgres", "group": "postgres"} if AS_ROOT else {}  # it refuses to be root
    home = tmp_path_factory.mktemp("postgres")
    data = Path("/tmp") / f"course-postgres-{os.getpid()}" if AS_ROOT else home / "data"
    if AS_ROOT:
        data.mkdir(mode=0o700)
        shutil.chown(data, "postgres", "postgres")
    try:
        init = [str(POSTGRES / "initdb"), "-D", str(data), "-U", "course", "-A", "trust", "--no-sync"]
        subprocess.run(init, check=True, capture_output=True, cwd="/", **user)  # type: ignore[call-overload]
        port = free_port()
        command = [str(POSTGRES / "postgres"), "-D", str(data), "-p", str(port), "-h", "127.0.0.1"]
        for _ in run_in_background([*command, "-k", "", "-F"], port, cwd="/", **user):
            until_it_has_started(f"postgresql://course@127.0.0.1:{port}/postgres")
            yield f"postgresql://course@127.0.0.1:{port}/durable"
    finally:
        shutil.rmtree(data, ignore_errors=True)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server")
    port = free_port()
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(tmp_path)]
    for _ in run_in_background([program, *options], port):
        yield f"redis://127.0.0.1:{port}/0"


def check(name: str, variable: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, url)
    shown = two_lives(name)
    assert "run just now" in repr(shown)
    expected = recorded()[name]
    assert shown.lives.result == expected.result
    assert dict(shown.lives.starts) == expected.starts


@pytest.mark.long
@pytest.mark.thorough
def test_dbos_on_postgresql(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    check("dbos-postgresql", "COURSE_POSTGRES_URL", postgres, monkeypatch)


@pytest.mark.long
@pytest.mark.thorough
@pytest.mark.parametrize("name", [name for name in recorded() if name.startswith("celery")])
def test_celery_on_redis(name: str, redis: str, monkeypatch: pytest.MonkeyPatch) -> None:
    check(name, "COURSE_REDIS_URL", redis, monkeypatch)


@pytest.mark.parametrize("name", list(recorded()))
def test_without_a_server_the_recorded_run_is_shown(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(recorded()[name].server, raising=False)
    assert "recorded in" in repr(two_lives(name))


def test_claims_on_postgresql(
    postgres: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COURSE_POSTGRES_URL", postgres)
    two_claims()
    assert "run just now" in capsys.readouterr().out
    claims = lives.claim_twice(postgres)
    assert claims.model_dump() == recorded_claims().model_dump(
        include={"plain", "repeatable", "locked", "skip_locked"}
    )
    fact = next(fact for fact in find() if fact.id == "S1")
    assert fact.missing is None
    assert fact.measure().holds
    monkeypatch.setattr(lives, "CLAIM", lives.CLAIM.replace("{lock}", ""))  # a planted change
    assert not fact.measure().holds


@pytest.mark.long
@pytest.mark.thorough
def test_a_mail_with_a_countdown_on_redis(
    redis: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COURSE_REDIS_URL", redis)
    fact = next(fact for fact in find() if fact.id == "C3")
    assert fact.missing is None
    assert fact.measure().holds
    assert not lives.sent_again(redis, visibility=3600)  # a planted change
    monkeypatch.delenv("COURSE_REDIS_URL")
    mail_later()
    shown = capsys.readouterr().out
    assert "recorded in" in shown
    assert "sent again" in shown


def test_without_a_server_the_recorded_claims_are_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("COURSE_POSTGRES_URL", raising=False)
    two_claims()
    assert "recorded in" in capsys.readouterr().out
