"""The kernel that runs a notebook: this interpreter, in an environment that is the same on every machine."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

from course.paths import ROOT, WORKSPACE_VARIABLE
from course.variables import drop_changing
from course.words import ENGLISH, LANGUAGE_VARIABLE

_NOT_INHERITED = (
    "COURSE_POSTGRES_URL",  # with these, a lesson shows a run of its own instead of the recorded one
    "COURSE_REDIS_URL",
    "PYTEST_CURRENT_TEST",  # ipykernel stops capturing the output of subprocesses when it sees this
)


class ThisEnvironment(KernelSpecManager):
    """Gives the interpreter that is running now for every kernel name."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the kernel of this interpreter, whatever ``kernel_name`` says."""
        del kernel_name
        return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())


def kernel_environment(
    private: Path, base: Mapping[str, str] | None = None, *, language: str = ENGLISH
) -> dict[str, str]:
    """Return the environment variables for one kernel that shares nothing with another run.

    ``private`` is a folder of this run alone: the empty workspace and IPython's own files go there.
    ``language`` is what the course speaks in it, whatever the language of this machine.
    Deprecations are shown (Python hides most of them by default), so that a notebook that causes one has
    it in its output.
    """
    env = dict(os.environ if base is None else base)
    for name in _NOT_INHERITED:
        env.pop(name, None)
    drop_changing(env)  # and with PYTHONHASHSEED gone, an output that depends on the order of a set varies
    paths = [str(ROOT), env.get("PYTHONPATH", "")]
    env["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    env["PYTHONWARNINGS"] = "default"
    env["PYTHONUTF8"] = "1"
    env[LANGUAGE_VARIABLE] = language
    env[WORKSPACE_VARIABLE] = str(private / "workspace")
    env["IPYTHONDIR"] = str(private / "ipython")
    return env


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    """Make the folder for :func:`kernel_environment` and remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix="course-run-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "workspace").mkdir()
        yield folder


@contextlib.contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Replace this process's environment inside the block, for code that starts a kernel by itself."""
    before = dict(os.environ)
    try:
        os.environ.clear()
        os.environ.update(variables)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
