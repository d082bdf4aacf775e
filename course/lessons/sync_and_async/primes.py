"""Work that keeps a processor busy. Worker processes import this module, so it imports next to nothing."""

import os
import signal
import time


def count_primes(below: int) -> int:
    """How many primes are smaller than `below`, found the slow way."""
    primes: list[int] = []
    for n in range(2, below):
        for prime in primes:
            if prime * prime > n:
                primes.append(n)
                break
            if n % prime == 0:
                break
        else:
            primes.append(n)
    return len(primes)


def count_and_tell(below: int) -> tuple[int, int]:
    """What count_primes counts, and the id of the process that does it."""
    return count_primes(below), os.getpid()


def ignore_ctrl_c() -> None:
    """In a worker process: leave Ctrl+C to the server, which waits for the worker's job."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def compute(seconds: float) -> int:
    """Keep a processor busy until it has given this thread so many seconds."""
    rounds = 0
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        rounds += sum(n * n % 7 for n in range(1000)) > 0
    return rounds
