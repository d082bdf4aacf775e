"""A standstill is proved where there is one, and nowhere else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from course.paths import ROOT

SCRIPT = Path(__file__).with_name("standstills.py")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux says what a thread sleeps in")


def test_what_ends_and_what_goes_on() -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT)],
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        check=True,
        capture_output=True,
        text=True,
    )
    found = json.loads(done.stdout)
    proved = [name for name, was_proved in found.items() if was_proved]
    names = list(found)
    assert proved == names[: names.index("a thread that sleeps")]
