"""JupyterLab for the lessons: this environment's kernel, no pop-ups, the user's own settings untouched."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any, Iterator, MutableMapping  # noqa: UP035  (parses and runs on 3.8)

from course.cli._failures import failure_of_error, tail
from course.cli._says import CannotGoOn, sentence
from course.seat import workspace

FIRST_PORT = 8888
_TRIES = 50
_ADDRESS = "127.0.0.1"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def free_port(wanted: int | None) -> int:
    """The port to listen on: the wanted one, else the first free one.

    Raises:
        CannotGoOn: The wanted port is in use.
    """
    if wanted is not None:
        if not _is_free(wanted):
            raise CannotGoOn("failed.port", port=wanted, other=min(wanted + 1, 65535))
        return wanted
    for port in range(FIRST_PORT, FIRST_PORT + _TRIES):
        if _is_free(port):
            return port
    raise CannotGoOn("failed.no-port", port=FIRST_PORT, last=FIRST_PORT + _TRIES - 1)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        if os.name != "nt":  # there it means something else; here a port of a server that just ended is free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_ADDRESS, port))
        except OSError:
            return False
    return True


def isolate(environ: MutableMapping[str, str]) -> None:
    """Keep out the kernels, extensions and server settings of other installations; keep the user's theme."""
    from jupyter_core import paths

    if environ.get("JUPYTER_DATA_DIR", "").startswith(str(workspace())):
        return
    own = workspace() / ".course" / "jupyter"
    environ.setdefault(
        "JUPYTERLAB_SETTINGS_DIR", str(Path(paths.jupyter_config_dir(), "lab", "user-settings"))
    )
    environ.setdefault("JUPYTER_RUNTIME_DIR", paths.jupyter_runtime_dir())
    environ["JUPYTER_CONFIG_DIR"] = str(own / "config")
    environ["JUPYTER_DATA_DIR"] = str(own / "data")
    environ["JUPYTERLAB_WORKSPACES_DIR"] = str(own / "workspaces")
    environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    for name in ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH"):
        environ.pop(name, None)


def reach_loopback_directly(environ: MutableMapping[str, str]) -> None:
    """No proxy between the lessons' clients and servers, which are all on this machine."""
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [host.strip() for host in environ.get(name, "").split(",") if host.strip()]
        if "*" not in hosts:
            environ[name] = ",".join([*hosts, *(host for host in _LOOPBACK if host not in hosts)])


def spare_the_grammar() -> None:
    """Start 0.9 s earlier: jsonschema would load a grammar of web addresses, to check what nobody sends."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def serve(first: str, *, port: int, browser: bool) -> int:
    """Run JupyterLab in this process until Ctrl-C; returns the exit status.

    Raises:
        CannotGoOn: It did not start.
    """
    folder = workspace()
    os.environ["COURSE_WORKSPACE"] = str(folder)
    isolate(os.environ)
    reach_loopback_directly(os.environ)
    spare_the_grammar()
    from jupyterlab.labapp import LabApp  # type: ignore[import-untyped]  # it has no types

    log = folder / ".course" / "jupyter" / "jupyterlab.log"
    with _errors_go_to(log):
        try:
            app: Any = LabApp.initialize_server(argv=_options(str(folder), first, port, browser))
        except SystemExit:
            raise CannotGoOn("failed.lab", tail=tail(_text(log)), log=log) from None
        except OSError as error:
            place = Path(str(error.filename or folder))
            other = CannotGoOn("failed.lab", tail=tail(str(error)), log=log)
            raise failure_of_error(error, place) or other from None
        url = f"http://{_ADDRESS}:{app.port}/lab/tree/{first}?token={app.identity_provider.token}"
        app.io_loop.add_callback(_announce, url)
        _stop_on_interrupt(app)
        with contextlib.suppress(KeyboardInterrupt):
            app.start()
    print(sentence("lab.stopped", workspace=folder), flush=True)
    return 0


@contextlib.contextmanager
def _errors_go_to(log: Path) -> Iterator[None]:
    """Let what JupyterLab, kernels and the browser write to the terminal go to a file while they run.

    A kernel that is stopped in the middle of a cell writes pages of traceback, which would bury the address.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    sys.stderr.flush()
    before = os.dup(2)
    with log.open("wb") as stream:
        os.dup2(stream.fileno(), 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(before, 2)
        os.close(before)


def _text(log: Path) -> str:
    sys.stderr.flush()
    return log.read_text(encoding="utf-8", errors="replace")


def _stop_on_interrupt(app: Any) -> None:
    """The first Ctrl-C ends kernels and server in order and asks nothing, the second ends the server at once.

    JupyterLab's own handler asks for a confirmation, and where there is no terminal it leaves kernels behind.
    """

    def stop(number: int, _: object) -> None:
        signal.signal(number, signal.default_int_handler)
        if sys.stdout.isatty():
            print()  # the terminal has written ^C
        app.stop(from_signal=True)

    signal.signal(signal.SIGINT, stop)


def _announce(url: str) -> None:
    print(sentence("lab.ready", url=url))
    print(sentence("lab.stop"), flush=True)


def _options(folder: str, first: str, port: int, browser: bool) -> list[str]:
    options = [
        f"--ServerApp.root_dir={folder}",
        f"--ServerApp.ip={_ADDRESS}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--LabApp.default_url=/lab/tree/{first}",
        "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        f"--ServerApp.open_browser={browser}",
        "--KernelManager.transport_encryption=auto",  # and no warning for each kernel that there is none
        "--ServerApp.log_level=ERROR",
        "--LabApp.log_level=ERROR",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # a container
    return options
