"""Work that finally failed, kept where it can be found and sent again."""

import asyncio
import inspect
import json
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from tenacity import RetryCallState

_replayed: ContextVar[tuple[str, Any]] = ContextVar("_replayed", default=("", None))
"""The name of the task whose letter is being sent again, and its arguments, which it may change."""


class DeadLetters:
    """A table of what finally failed: the function's name, its arguments as JSON, and the error.

    What JSON does not know, a UUID for example, is kept as its text, and `replay` passes that text. So are
    the keys of a dict. Of a method the object is left out: give `replay` a method of another one.

    Args:
        path: of the SQLite file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._run(
            "CREATE TABLE IF NOT EXISTS letters "
            "(id INTEGER PRIMARY KEY, task TEXT, arguments TEXT, error TEXT)"
        )

    def _run(self, sql: str, values: tuple[Any, ...] = ()) -> list[Any]:
        with closing(sqlite3.connect(self._path, timeout=10)) as connection, connection:
            return connection.execute(sql, values).fetchall()

    async def keep(self, state: RetryCallState) -> None:
        """Keep what tenacity gives up: the `retry_error_callback` of an async function.

        The file may be locked for seconds, so a thread waits for it, and not the event loop. When `replay`
        has made the call, the letter is there already, and the error is raised.
        """
        error = state.outcome.exception() if state.outcome else None
        name = getattr(state.fn, "__name__", str(state.fn))
        arguments = _written([_without_self(state.fn, state.args), state.kwargs])
        again, its_own = _replayed.get()
        if error is not None and again == name and _written(its_own) == arguments:
            raise error
        words = f"{type(error).__name__}: {error}".encode(errors="backslashreplace").decode()
        row = (name, arguments, words)
        await asyncio.to_thread(
            self._run, "INSERT INTO letters (task, arguments, error) VALUES (?, ?, ?)", row
        )

    async def replay(self, tasks: Mapping[str, Callable[..., Awaitable[Any]]]) -> list[Any]:
        """Send each letter again, by the name of its task; -> what came of each: the result or the error.

        A letter is deleted once its task has succeeded. One that fails again, or whose task is not among
        `tasks`, stays. Let one process replay at a time: two would send the same letters.
        """
        results: list[Any] = []
        for number, name, arguments, _ in await asyncio.to_thread(self._rows):
            args, kwargs = json.loads(arguments)
            token = _replayed.set((name, [args, kwargs]))
            try:
                results.append(await tasks[name](*args, **kwargs))
            except Exception as error:
                results.append(error)
            else:
                await asyncio.to_thread(self._run, "DELETE FROM letters WHERE id = ?", (number,))
            finally:
                _replayed.reset(token)
        return results

    def _rows(self) -> list[tuple[int, str, str, str]]:
        return self._run("SELECT id, task, arguments, error FROM letters ORDER BY id")

    def __repr__(self) -> str:
        return (
            "\n".join(f"{name}{arguments}: {error}" for _, name, arguments, error in self._rows()) or "(none)"
        )


def _written(arguments: Any) -> str:
    return json.dumps(_with_text_as_keys(arguments), default=str)


def _without_self(function: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments of a call; of a method without its object, which dies with the process."""
    if not args:
        return args
    owners = inspect.getmro(args[0] if isinstance(args[0], type) else type(args[0]))
    found = [each for owner in owners for each in vars(owner).values() if not isinstance(each, staticmethod)]
    while found:  # each of them, and what is below its decorators
        if any(each is function for each in found):
            return args[1:]
        found = [each.__wrapped__ for each in found if hasattr(each, "__wrapped__")]
    return args


def _with_text_as_keys(value: Any) -> Any:
    """The same, as JSON can write it: json.dumps refuses a key that is a UUID or a date."""
    if isinstance(value, dict):
        return {str(key): _with_text_as_keys(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_with_text_as_keys(each) for each in value]
    return value
