"""A process pool that outlives the death of a worker."""

import asyncio
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any

from course.lessons.sync_and_async.primes import ignore_ctrl_c


class Pool:
    """Processes that compute. When one of them dies, a job or more fail; the later ones get new processes."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool = self._new()

    def _new(self) -> ProcessPoolExecutor:
        spawn = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._workers, mp_context=spawn, initializer=ignore_ctrl_c)

    async def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """What `function` returns; BrokenProcessPool if a worker died meanwhile, or after the last job."""
        pool = self._pool
        try:
            job = asyncio.get_running_loop().run_in_executor(pool, function, *args)
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
