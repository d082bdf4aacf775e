"""JupyterLab for the lessons: this environment's kernel, no pop-ups, the user's own settings untouched."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any, Iterator, MutableMapping  # noqa: UP035  (parses and runs on 3.8)

from course.cli._failures import CannotGoOn, failure_of_error, tail
from course.paths import WORKSPACE_VARIABLE, workspace
from course.seat import PORTS
from course.variables import drop_changing
from course.words import ENGLISH, language, say

FIRST_PORT = PORTS.start
_TRIES = len(PORTS)
_ADDRESS = "127.0.0.1"
_NOTIFICATIONS = "@jupyterlab/apputils-extension:notification"
_FILES = "@jupyterlab/filebrowser-extension:browser"
_SETTINGS = {
    _NOTIFICATIONS: {"fetchNews": "false", "checkForUpdates": False},
    _FILES: {"showLastModifiedColumn": False},
}
"""Defaults of this launch: no question about news, no look for updates, room for whole names of files. The
user's own settings win.
"""

_MENUS = "@jupyterlab/translation-extension:plugin"

_STYLE = """
.jp-OutputArea-output.jp-RenderedMarkdown.jp-RenderedHTMLCommon pre { overflow-x: auto; }
.jp-OutputArea-output.jp-RenderedMarkdown.jp-RenderedHTMLCommon :is(pre, pre code) {
    white-space: pre; word-break: normal;
}
.jp-MarkdownCell .jp-MarkdownOutput :is(p, ul, ol, blockquote, summary) { max-width: 46rem; }
.jp-DirListing .jp-DirListing-itemText { font-size: 12px; }
.jp-MarkdownOutput summary { cursor: pointer; margin-bottom: .5em; }
"""
"""Long lines of shown source are scrolled; JupyterLab would break them in the middle of a word. Prose is
no wider than the eye can follow, however wide the window is. The longest name of a lesson fits into
the list of files.
"""

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def take_port(wanted: int | None) -> socket.socket:
    """Listen on the wanted port, else on the first that is free, and keep it.

    Raises:
        CannotGoOn: The wanted port, or every one that was tried, is in use.
    """
    denied = False
    for port in range(FIRST_PORT, FIRST_PORT + _TRIES) if wanted is None else [wanted]:
        try:
            return socket.create_server((_ADDRESS, port), backlog=128)
        except OSError as error:
            denied = error.errno == errno.EACCES
    if wanted is None:
        raise CannotGoOn(
            "No free port was found from {port} to {last}.\n"
            "Close JupyterLabs that you no longer use, or name a port: "
            "python3 -m course start --port 9999",
            port=FIRST_PORT,
            last=FIRST_PORT + _TRIES - 1,
        )
    other = wanted + 1 if 1024 < wanted < 65535 else FIRST_PORT
    raise _denied(wanted, other) if denied else _in_use(wanted, other)


def _denied(port: int, other: int) -> CannotGoOn:
    return CannotGoOn(
        "This system does not let you listen on port {port}.\n"
        "Leave out --port to have a free one picked, or name another: "
        "python3 -m course start --port {other}",
        port=port,
        other=other,
    )


def _in_use(port: int, other: int) -> CannotGoOn:
    return CannotGoOn(
        "Port {port} is in use by another program.\n"
        "Leave out --port to have a free one picked, or name another: "
        "python3 -m course start --port {other}",
        port=port,
        other=other,
    )


def isolate(environ: MutableMapping[str, str]) -> None:
    """Keep out the kernels, extensions and server settings of other installations, IPython's profile and what
    changes Python itself; keep the user's theme.
    """
    from jupyter_core import paths

    drop_changing(environ)
    if environ.get("JUPYTER_DATA_DIR", "").startswith(str(workspace())):
        return
    own = workspace() / ".course" / "jupyter"
    environ.setdefault(
        "JUPYTERLAB_SETTINGS_DIR", str(Path(paths.jupyter_config_dir(), "lab", "user-settings"))
    )
    environ.setdefault("JUPYTER_RUNTIME_DIR", paths.jupyter_runtime_dir())
    environ["JUPYTER_CONFIG_DIR"] = str(own / "config")
    environ["JUPYTER_DATA_DIR"] = str(own / "data")
    environ["IPYTHONDIR"] = str(own / "ipython")
    environ["JUPYTERLAB_WORKSPACES_DIR"] = str(own / "workspaces")
    environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    for name in ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH"):
        environ.pop(name, None)


def reach_loopback_directly(environ: MutableMapping[str, str]) -> None:
    """Keep proxies out of requests to this machine, where all of the lessons' servers are."""
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [host.strip() for host in environ.get(name, "").split(",") if host.strip()]
        if "*" not in hosts:
            environ[name] = ",".join([*hosts, *(host for host in _LOOPBACK if host not in hosts)])


def spare_the_grammar() -> None:
    """Save 0.9 s at the start: jsonschema would load a grammar of web addresses that no message needs."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def prepare(folder: Path) -> list[str]:
    """Get this process ready to serve that workspace; returns JupyterLab's options, wherever it is served."""
    os.environ[WORKSPACE_VARIABLE] = str(folder)
    isolate(os.environ)
    reach_loopback_directly(os.environ)
    spare_the_grammar()
    settings = folder / ".course" / "jupyter" / "settings"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "overrides.json").write_text(json.dumps({**_SETTINGS, **_menus()}), encoding="utf-8")
    style = Path(os.environ["JUPYTER_CONFIG_DIR"], "custom", "custom.css")
    style.parent.mkdir(parents=True, exist_ok=True)
    style.write_text(_STYLE, encoding="utf-8")
    return [
        f"--LabApp.app_settings_dir={settings}",
        "--LabApp.custom_css=True",
        "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        "--KernelManager.transport_encryption=auto",  # and without a warning for each kernel
    ]


def _menus() -> dict[str, dict[str, str]]:
    """JupyterLab's page in the learner's language, and its menus too if Jupyter's language pack is installed.

    Without a pack the menus stay English. But the page says in which language it is, and by this browsers
    choose how they draw the characters that Chinese and Japanese share.
    """
    return {} if language() == ENGLISH else {_MENUS: {"locale": language()}}


def serve(first: str, listener: socket.socket, *, browser: bool) -> int:
    """Run JupyterLab in this process, on that socket, until Ctrl-C; returns the exit status.

    Raises:
        CannotGoOn: It did not start.
    """
    folder = workspace()
    options = prepare(folder)
    log = folder / ".course" / "jupyter" / "jupyterlab.log"
    with _errors_go_to(log):
        try:
            _run([*options, *_options(folder, first, browser)], first, listener)
        except SystemExit:
            raise _did_not_start(_text(log), log) from None
        except OSError as error:
            place = Path(str(error.filename or folder))
            raise failure_of_error(error, place) or _did_not_start(str(error), log) from None
    print(say("JupyterLab has stopped. Your work is in {workspace}.", workspace=folder), flush=True)
    return 0


def _did_not_start(said: str, log: Path) -> CannotGoOn:
    return CannotGoOn(
        "JupyterLab did not start. The end of its output (all of it is in {log}):\n{tail}\n"
        "Run python3 -m course doctor to see what is wrong with this seat.",
        log=log,
        tail=tail(said),
    )


def _run(options: list[str], first: str, listener: socket.socket) -> None:
    from jupyterlab.labapp import LabApp  # type: ignore[import-untyped]  # it has no types

    LabApp.serverapp_class = _server_on(listener)
    app: Any = LabApp.initialize_server(argv=options)
    url = f"http://{_ADDRESS}:{app.port}/lab/tree/{first}?token={app.identity_provider.token}"
    app.io_loop.add_callback(_announce, url)
    _stop_on_interrupt(app)
    with contextlib.suppress(KeyboardInterrupt):
        app.start()
    _end_workers()


def _end_workers() -> None:
    """End anyio's worker threads, which the interpreter would wait for.

    The task that has borrowed one ends it. But the server may be stopped in the middle of a request: then
    its loop is gone, and so is that task.
    """
    from course.live.threads import stop_worker

    for thread in threading.enumerate():
        stop_worker(thread)


def _server_on(listener: socket.socket) -> type[Any]:
    """JupyterLab's server on a socket that is there already.

    By itself it finds a free port, releases it and takes it again later, when another program may have
    taken it.
    """
    from jupyter_server.serverapp import ServerApp

    class OnListener(ServerApp):
        def _find_http_port(self) -> None:
            self.port = listener.getsockname()[1]

        def _bind_http_server_tcp(self) -> bool:
            listener.setblocking(False)
            self.http_server.add_socket(listener)
            return True

    return OnListener


@contextlib.contextmanager
def _errors_go_to(log: Path) -> Iterator[None]:
    """Send what JupyterLab, kernels and the browser write to the terminal into a file while they run.

    A kernel that is stopped in the middle of a cell writes pages of traceback, which would bury the address.
    """
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
    """The first Ctrl-C ends kernels and server in an orderly way, without a question; the second ends the
    server at once.

    JupyterLab's own handler asks for a confirmation, and where there is no terminal it leaves kernels behind.
    """

    def stop(number: int, _: object) -> None:
        signal.signal(number, signal.default_int_handler)
        if sys.stdout.isatty():
            print()  # the terminal has written ^C
        app.stop(from_signal=True)

    signal.signal(signal.SIGINT, stop)


def _announce(url: str) -> None:
    print(say("JupyterLab is ready: {url}", url=url))
    print(say("Ctrl-C here stops it."), flush=True)


def _options(folder: Path, first: str, browser: bool) -> list[str]:
    options = [
        f"--ServerApp.root_dir={folder}",
        f"--ServerApp.ip={_ADDRESS}",
        f"--LabApp.default_url=/lab/tree/{first}",
        f"--ServerApp.open_browser={browser}",
        "--ServerApp.log_level=ERROR",
        "--LabApp.log_level=ERROR",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # a container
    return options
