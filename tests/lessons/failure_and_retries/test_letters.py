import asyncio
import functools
import sqlite3
import uuid
from pathlib import Path
from typing import Any

import pytest
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


def test_a_decorated_function_that_fails_again_is_an_error_and_its_letter_stays(tmp_path: Path) -> None:
    letters = _with_one_letter(tmp_path / "letters.sqlite")
    before = letters._rows()
    again = retry(stop=stop_after_attempt(2), retry_error_callback=letters.keep)(_fail)
    (error,) = asyncio.run(letters.replay({"_fail": again}))
    assert isinstance(error, ConnectionError)
    assert letters._rows() == before


def test_what_fails_beside_a_letter_is_kept_too(tmp_path: Path) -> None:
    letters = _with_one_letter(tmp_path / "letters.sqlite")

    @retry(stop=stop_after_attempt(1), retry_error_callback=letters.keep)
    async def tell(order: str) -> None:
        raise ConnectionError("nobody listens")

    async def send_and_tell(order: str) -> str:
        await tell(order)
        return "sent"

    assert asyncio.run(letters.replay({"_fail": send_and_tell})) == ["sent"]
    assert str(letters) == 'tell[["order-1"], {}]: ConnectionError: nobody listens'


@pytest.mark.parametrize("kind", ["method", "classmethod", "static"])
def test_a_method_is_kept_without_its_object(tmp_path: Path, kind: str) -> None:
    letters = DeadLetters(tmp_path / "letters.sqlite")
    keeping = retry(stop=stop_after_attempt(2), retry_error_callback=letters.keep)

    class Mailer:
        down = True

        @keeping
        async def method(self, order: str) -> str:
            return await Mailer.static(order)

        @classmethod
        @keeping
        async def classmethod(cls, order: str) -> str:
            return await Mailer.static(order)

        @staticmethod
        async def static(order: str) -> str:
            if Mailer.down:
                raise ConnectionError("down")
            return f"sent {order}"

    if kind == "static":
        Mailer.static = staticmethod(keeping(Mailer.static))  # type: ignore[method-assign]
    asyncio.run(getattr(Mailer(), kind)("order-1"))
    Mailer.down = False
    assert asyncio.run(letters.replay({kind: getattr(Mailer(), kind)})) == ["sent order-1"]


def test_a_method_is_kept_without_its_object_below_other_decorators_and_in_a_subclass(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path / "letters.sqlite")

    def logged(function: Any) -> Any:
        @functools.wraps(function)
        async def call(*args: Any) -> Any:
            return await function(*args)

        return call

    class Mailer:
        @retry(stop=stop_after_attempt(1), retry_error_callback=letters.keep)
        @logged
        async def send(self, order: str) -> None:
            raise ConnectionError("down")

    class Careful(Mailer):
        async def send(self, order: str) -> None:
            await super().send(order)

    asyncio.run(Mailer().send("order-1"))
    asyncio.run(Careful().send("order-2"))
    assert [row[2] for row in letters._rows()] == ['[["order-1"], {}]', '[["order-2"], {}]']


def test_what_fails_later_in_a_task_that_a_replay_began_is_kept(tmp_path: Path) -> None:
    letters = _with_one_letter(tmp_path / "letters.sqlite")
    again = retry(stop=stop_after_attempt(1), retry_error_callback=letters.keep)(_fail)
    begun: list[asyncio.Task[None]] = []

    async def send_and_begin(order: str) -> str:
        begun.append(asyncio.create_task(again("order-2")))
        return f"sent {order}"

    async def replay() -> list[str]:
        results = await letters.replay({"_fail": send_and_begin})
        await asyncio.gather(*begun)
        return results

    assert asyncio.run(replay()) == ["sent order-1"]
    assert str(letters) == '_fail[["order-2"], {}]: ConnectionError: no order-2'


def test_an_error_whose_text_is_no_unicode_is_kept(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path / "letters.sqlite")

    async def find() -> None:
        raise FileNotFoundError("caf\udce9.pdf")

    asyncio.run(retry(stop=stop_after_attempt(1), retry_error_callback=letters.keep)(find)())
    assert str(letters) == r"find[[], {}]: FileNotFoundError: caf\udce9.pdf"


class _Parcel:
    """Its tasks, kept and sent again as whoever has only the letter does it."""

    @staticmethod
    async def of(parcel: object, to: str) -> None:
        raise ConnectionError(f"{parcel} is not for {to}")

    async def __send(self, to: str) -> None:
        raise ConnectionError(f"not to {to}")

    async def ship(self, to: str) -> None:
        raise ConnectionError(f"no ship to {to}")

    post = ship


def _kept(letters: DeadLetters, task: Any, *args: Any) -> str:
    asyncio.run(retry(stop=stop_after_attempt(1), retry_error_callback=letters.keep)(task)(*args))
    return str(letters)


def test_a_static_method_keeps_an_object_of_its_class(tmp_path: Path) -> None:
    assert '"ada"' in (kept := _kept(DeadLetters(tmp_path / "letters.sqlite"), _Parcel.of, _Parcel(), "ada"))
    assert "_Parcel object" in kept


@pytest.mark.parametrize("name", ["ship", "post", "_Parcel__send"])
def test_a_method_leaves_its_object_out_under_any_name(name: str, tmp_path: Path) -> None:
    kept = _kept(DeadLetters(tmp_path / "letters.sqlite"), getattr(_Parcel, name), _Parcel(), "ada")
    assert '[["ada"], {}]' in kept


def test_a_task_that_changes_its_arguments_leaves_its_letter(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path / "letters.sqlite")

    @retry(stop=stop_after_attempt(1), retry_error_callback=letters.keep)
    async def count(order: dict[str, int]) -> None:
        order["tries"] = order.get("tries", 0) + 1
        raise ConnectionError("down")

    asyncio.run(count({"id": 1}))
    before = str(letters)
    (error,) = asyncio.run(letters.replay({"count": count}))
    assert isinstance(error, ConnectionError)
    assert str(letters) == before
