"""Run ``python -m <module> <arguments>``, and end with the process that started it.

The starter holds the other end of standard input. When that closes, because the starter has closed it or
has ended in any way, this process and those that it started are killed. Run as a script, never imported.
"""

import builtins
import os
import runpy
import signal
import sys
import threading
from typing import Any

_print = builtins.print


def print_at_once(
    *values: object, sep: str | None = " ", end: str | None = "\n", file: Any = None, flush: bool = False
) -> None:
    """Write a line and its end together: ``print`` writes them apart, and another thread may come between."""
    text = (" " if sep is None else sep).join(map(str, values)) + ("\n" if end is None else end)
    _print(text, end="", file=file, flush=flush)


builtins.print = print_at_once  # also in the workers of a server, which run this file again


def end_with_the_starter() -> None:
    """Kill this process group as soon as standard input ends."""
    while os.read(0, 4096):
        pass
    if os.name == "posix" and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    sys.path[0] = ""  # as with python -m: the current folder, not this file's
    module, sys.argv = sys.argv[1], sys.argv[1:]
    threading.Thread(target=end_with_the_starter, name="lifeline", daemon=True).start()
    runpy.run_module(module, run_name="__main__", alter_sys=True)
