"""Everything under test runs through the notebook gate, which is a plugin of the course itself."""

import gc
import os
import signal

from hypothesis import HealthCheck, settings

os.environ["COURSE_LANGUAGE"] = "en"  # whatever this machine speaks

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell started this in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["course.publish.plugin"]

# COURSE_HYPOTHESIS=thorough spends minutes instead of seconds on the property tests.
_COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow], "print_blob": True}
settings.register_profile("quick", max_examples=60, derandomize=True, database=None, **_COMMON)
settings.register_profile("thorough", max_examples=3000, **_COMMON)
settings.load_profile(os.environ.get("COURSE_HYPOTHESIS", "quick"))


def pytest_sessionstart() -> None:
    """Nothing of what is collected is garbage, and to look for it takes a quarter of the time."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What was imported and collected stays; no garbage collection needs to look through it again."""
    gc.freeze()
    gc.enable()
