"""The processes that check the bank's programs."""

import signal
import subprocess
import sys

import psutil
import pytest

from course.paths import ROOT

PARENT = """
import os
from course.publish._checking import checking
if __name__ == "__main__":
    with checking() as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        input()
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)])
def test_they_end_with_the_process_that_started_them(how: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{PARENT}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as parent:
        assert parent.stdout is not None
        worker = psutil.Process(int(parent.stdout.readline()))
        assert worker.ppid() == parent.pid
        parent.send_signal(how)
        parent.wait(60)
        worker.wait(60)
