import asyncio
import sqlite3
import uuid
from pathlib import Path

from tenacity import retry, stop_after_attempt

from course.lessons.failure_and_retries.letters import DeadLetters


async def _fail(order: str) -> None:
    raise ConnectionError(f"no {order}")


async def _succeed(order: str) -> str:
    return f"sent {order}"


def _with_one_letter(path: Path) -> DeadLetters:
    letters = DeadLetters(path)
    asyncio.run(retry(stop=stop_after_attempt(2), retry_error_callback=letters.keep)(_fail)("order-1"))
    return letters


def test_a_letter_survives_and_goes_once_it_was_sent(tmp_path: Path) -> None:
    _with_one_letter(tmp_path / "letters.sqlite")
    again = DeadLetters(tmp_path / "letters.sqlite")
    assert asyncio.run(again.replay({"_fail": _succeed})) == ["sent order-1"]
    assert str(again) == "(none)"


def test_a_locked_file_does_not_hold_up_the_loop(tmp_path: Path) -> None:
    """The lock goes only when the loop has had its turn: in the loop, `keep` would wait for it in vain."""
    path = tmp_path / "letters.sqlite"
    letters = DeadLetters(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def fail() -> None:
        asyncio.get_running_loop().call_later(0.05, other.execute, "ROLLBACK")
        raise ConnectionError("down")

    asyncio.run(retry(stop=stop_after_attempt(1), retry_error_callback=letters.keep)(fail)())
    other.close()
    assert "ConnectionError: down" in str(letters)


def test_what_json_does_not_know_is_kept_as_its_text(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path / "letters.sqlite")
    order = uuid.uuid4()
    asyncio.run(retry(stop=stop_after_attempt(1), retry_error_callback=letters.keep)(_fail)(order))  # type: ignore[arg-type]
    assert asyncio.run(letters.replay({"_fail": _succeed})) == [f"sent {order}"]


def test_what_json_does_not_know_as_a_key_is_kept_as_its_text(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path / "letters.sqlite")
    order = uuid.uuid4()
    asyncio.run(
        retry(stop=stop_after_attempt(1), retry_error_callback=letters.keep)(_fail)([{order: {1: 2}}])  # type: ignore[arg-type]
    )
    assert asyncio.run(letters.replay({"_fail": _succeed})) == [f"sent {[{str(order): {'1': 2}}]}"]


def test_a_letter_that_fails_again_stays(tmp_path: Path) -> None:
    letters = _with_one_letter(tmp_path / "letters.sqlite")
    before = str(letters)
    (error,) = asyncio.run(letters.replay({"_fail": _fail}))
    assert isinstance(error, ConnectionError)
    assert str(letters) == before


def test_a_letter_of_an_unknown_task_stays(tmp_path: Path) -> None:
    letters = _with_one_letter(tmp_path / "letters.sqlite")
    (error,) = asyncio.run(letters.replay({}))
    assert isinstance(error, KeyError)
    assert "order-1" in str(letters)
