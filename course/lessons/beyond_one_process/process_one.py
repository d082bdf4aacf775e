"""uvicorn as process 1 of a container: a signal that has no handler does not end it.

There the kernel drops such a signal. Here it is ignored from the start, which comes to the same.
"""

import runpy
import signal
from collections.abc import Mapping
from pathlib import Path

from course.live import ServerProcess


def launch_as_process_one(
    app: str, *options: str, folder: str | Path | None = None, env: Mapping[str, object] | None = None
) -> ServerProcess:
    """Do what `launch` does, with a process that SIGTERM does not end by itself."""
    return ServerProcess(__name__, app, "--port", "0", *options, folder=folder, env=env)


if __name__ == "__main__":
    signal.signal(getattr(signal, "SIGBREAK", signal.SIGTERM), signal.SIG_IGN)
    runpy.run_module("uvicorn", run_name="__main__", alter_sys=True)
