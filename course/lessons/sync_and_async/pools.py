"""A process pool that outlives the death of a worker."""

import asyncio
import multiprocessing
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any

from course.lessons.sync_and_async.primes import ignore_ctrl_c


class Pool:
    """Processes that compute. When one of them dies, a job or more fail; the later ones get new processes.

    So do they when a result cannot be read back here, such as a list with an exception that pickle cannot
    make again.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool = self._new()

    def _new(self) -> ProcessPoolExecutor:
        spawn = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._workers, mp_context=spawn, initializer=ignore_ctrl_c)

    async def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """What `function` returns or raises; BrokenProcessPool if a worker died, now or after the last job.

        An exception that cannot be read back here would break the pool, as such a result does. It comes as a
        RuntimeError.
        """
        pool = self._pool
        try:
            job = asyncio.get_running_loop().run_in_executor(pool, _call, function, *args)
            with suppress(BrokenProcessPool):
                pool.submit(int)  # it may watch a new process only from the next job on
            return await job
        except BrokenProcessPool:
            if pool is self._pool:  # the first to notice replaces it
                self._pool = self._new()
            raise

    def close(self) -> None:
        """Wait for what is computed, then end the processes."""
        self._pool.shutdown()


def _call(function: Callable[..., Any], *args: Any) -> Any:
    """In a worker: what the function returns, or raises as far as that can be sent."""
    try:
        return function(*args)
    except Exception as error:
        if _can_be_sent(error):
            raise
        raise RuntimeError(repr(error)) from error


def _can_be_sent(error: Exception) -> bool:
    if isinstance(error, StopIteration):  # whoever awaits it would wait for ever
        return False
    try:
        return isinstance(pickle.loads(pickle.dumps(error)), type(error))
    except Exception:
        return False
