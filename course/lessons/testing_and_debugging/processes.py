"""uvicorn as a process of its own, started as in a terminal, on a module that can be edited."""

import contextlib
import inspect
import tempfile
from pathlib import Path
from types import ModuleType

import httpx

from course.live.process import ServerProcess

_STARTED = ("Uvicorn running on", "startup complete")


class UvicornProcess(ServerProcess):
    """``uvicorn app:app``, in a folder with a copy of one module as ``app.py``.

    Usable as a context manager; forgetting it, or the end of the kernel, ends it too.

    Args:
        module: what to serve: a module with an ``app``.
        options: more options for the command line, such as ``--reload``.
        edit: a text in the copy, and what to put in its place.
    """

    def __init__(self, module: ModuleType, *options: str, edit: tuple[str, str] | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.path = Path(self._folder.name, "app.py")
        source = inspect.getsource(module)
        self.path.write_text(source.replace(*edit) if edit else source, "utf-8")
        super().__init__("uvicorn", "app:app", "--port", "0", *options, folder=self._folder.name)
        try:
            self.wait_for("Application startup complete")  # of a reloader's child
        except BaseException:
            self.kill()
            raise

    @property
    def lines(self) -> list[str]:
        """What is on its terminal since it listens, without the numbers of ports and processes."""
        log = self.log
        started = max(i for i, line in enumerate(log) if any(text in line for text in _STARTED))
        return log[started + 1 :]

    def request(self, method: str, path: str, timeout: float = 5) -> httpx.Response | None:
        """The response, over a new connection; ``None`` when there is none within ``timeout`` seconds."""
        with contextlib.suppress(httpx.TransportError):
            return httpx.request(method, self.url + path, timeout=timeout, trust_env=False)
        return None

    def edit(self, old: str, new: str) -> None:
        """Replace ``old`` by ``new`` in its ``app.py``, as your editor would."""
        self.path.write_text(self.path.read_text("utf-8").replace(old, new), "utf-8")

    def touch(self, name: str) -> None:
        """Make an empty file in its folder."""
        self.path.with_name(name).touch()

    def kill(self) -> None:
        """End it and all that it started, and remove its folder. Calling it again does nothing."""
        try:
            super().kill()
        finally:
            self._folder.cleanup()
