"""A JupyterHub on loopback with the course's own configuration, and what a browser would say to it."""

from __future__ import annotations

import contextlib
import json
import os
import random
import secrets
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import websocket

from course.paths import ROOT

PATIENCE = 120
"""Seconds that anything may take on a busy machine."""

# What deploy/ configures, with the simple spawner in the place of one that needs systemd or a cluster.
_CONFIG = """
import os, sys
exec(open(os.environ["COURSE_CHECKOUT"] + "/deploy/jupyterhub_config.d/course.py").read())
c.Spawner.cmd = [sys.executable, *c.Spawner.cmd[1:]]
c.Spawner.environment.update({"PYTHONPATH": os.environ["COURSE_CHECKOUT"]})
c.Spawner.args = ["--allow-root"] if os.geteuid() == 0 else []
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = os.getcwd() + "/home/{username}"
c.JupyterHub.authenticator_class = "null"
c.JupyterHub.bind_url = f"http://127.0.0.1:{os.environ['COURSE_PORT']}/"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{os.environ['COURSE_HUB_PORT']}/"
c.ConfigurableHTTPProxy.command = [os.path.dirname(sys.executable) + "/configurable-http-proxy"]
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{os.environ['COURSE_PROXY_PORT']}"
c.JupyterHub.services = [{"name": "class", "api_token": os.environ["COURSE_TOKEN"]}]
c.JupyterHub.load_roles = [
    {"name": "class", "scopes": ["admin:users", "admin:servers", "access:servers"], "services": ["class"]}
]
"""


class Seat:
    """The server of one user, as the user's browser talks to it."""

    def __init__(self, hub: Hub, name: str) -> None:
        self.name = name
        self.home = hub.folder / "home" / name
        self.url = f"{hub.url}/user/{name}/"
        self.token = hub.token
        self.http = hub.http

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.http.request(method, self.url + path, **more)

    def get(self, path: str) -> Any:
        return self.ask("GET", path).raise_for_status().json()

    def open(self, notebook: str) -> Notebook:
        """Open a notebook with the kernel that it asks for."""
        content = self.get(f"api/contents/{notebook}")["content"]
        wanted = {
            "path": notebook,
            "name": notebook,
            "type": "notebook",
            "kernel": {"name": content["metadata"]["kernelspec"]["name"]},
        }
        session = self.ask("POST", "api/sessions", json=wanted).raise_for_status().json()
        return Notebook(self, content, session)


class Notebook:
    """An open notebook: its cells by id, and its kernel."""

    def __init__(self, seat: Seat, content: dict[str, Any], session: dict[str, Any]) -> None:
        self.cells = {cell["id"]: "".join(cell["source"]) for cell in content["cells"]}
        self.code = [self.cells[cell["id"]] for cell in content["cells"] if cell["cell_type"] == "code"]
        self._session = session["id"]
        address = f"{seat.url}api/kernels/{session['kernel']['id']}/channels?session_id={self._session}"
        self._socket = websocket.create_connection(
            address.replace("http", "ws", 1),
            header={"Authorization": f"token {seat.token}"},
            timeout=PATIENCE,
            http_no_proxy=["*"],
        )

    def run(self, source: str) -> str:
        """Run a cell; returns its output as text."""
        header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "session": self._session}
        header |= {"username": "", "version": "5.3"}
        content = {"code": source, "silent": False, "store_history": True, "allow_stdin": False}
        self._send({"channel": "shell", "header": header, "content": content})
        said: list[str] = []
        while True:
            message = json.loads(self._socket.recv())
            if message["parent_header"].get("msg_id") != header["msg_id"]:
                continue
            kind, content = message["header"]["msg_type"], message["content"]
            if kind == "stream":
                said.append(content["text"])
            elif kind in ("execute_result", "display_data"):
                said.append(content["data"].get("text/plain", ""))
            elif kind == "error":
                raise AssertionError("\n".join([*said, *content["traceback"]]))
            elif kind == "status" and content["execution_state"] == "idle":
                return "".join(said)

    def _send(self, message: dict[str, Any]) -> None:
        self._socket.send(json.dumps({"parent_header": {}, "metadata": {}, "buffers": [], **message}))

    def close(self) -> None:
        self._socket.close()


class Hub:
    """A running JupyterHub."""

    def __init__(self, folder: Path, url: str, token: str, process: subprocess.Popen[bytes]) -> None:
        self.folder, self.url, self.token, self.process = folder, url, token, process
        headers = {"Authorization": f"token {token}"}
        self.http = httpx.Client(headers=headers, timeout=PATIENCE, trust_env=False)

    def api(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.http.request(method, f"{self.url}/hub/api/{path}", **more)

    def start(self, name: str) -> Seat:
        """Start this user's seat and wait until it is ready; it may be told to come again."""
        self.api("POST", f"users/{name}")
        while (answer := self.api("POST", f"users/{name}/server")).status_code == 429:
            time.sleep(1)  # the hub itself asks for it
        assert answer.status_code in (201, 202), answer.text
        for event in self._progress(name):
            assert not event.get("failed"), event
            if event.get("ready"):
                return Seat(self, name)
        raise AssertionError(f"{name} has no seat:\n{self.log()}")

    def _progress(self, name: str) -> Iterator[dict[str, Any]]:
        with self.http.stream("GET", f"{self.url}/hub/api/users/{name}/server/progress") as events:
            for line in events.iter_lines():
                if line.startswith("data:"):
                    yield json.loads(line.removeprefix("data:"))

    def stop(self, name: str) -> None:
        """Stop this user's seat and wait until it is gone."""
        answer = self.api("DELETE", f"users/{name}/server")
        while answer.status_code == 202:
            time.sleep(0.1)
            answer = self.api("DELETE", f"users/{name}/server")

    def log(self) -> str:
        return (self.folder / "hub.log").read_text(encoding="utf-8", errors="replace")


@contextlib.contextmanager
def running(folder: Path, *, more_config: str = "") -> Iterator[Hub]:
    """A hub with its files in that folder, until the end of the block."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "jupyterhub_config.py").write_text(_CONFIG + more_config, encoding="utf-8")
    public, inner, proxy, board = _free_ports(4)
    token = secrets.token_hex(16)
    env = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "COURSE_"))}
    env |= {"COURSE_CHECKOUT": str(ROOT), "COURSE_TOKEN": token, "CONFIGPROXY_AUTH_TOKEN": token}
    env |= {"COURSE_PORT": str(public), "COURSE_HUB_PORT": str(inner), "COURSE_PROXY_PORT": str(proxy)}
    env |= {"COURSE_BOARD": f"http://127.0.0.1:{board}"}
    with (folder / "hub.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub"], cwd=folder, env=env, stdout=log, stderr=log
        )
    hub = Hub(folder, f"http://127.0.0.1:{public}", token, process)
    try:
        _wait_for(hub)
        yield hub
    finally:
        hub.http.close()
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(hub: Hub) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and hub.process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if hub.api("GET", "").status_code == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"no hub:\n{hub.log()}")


def _free_ports(count: int) -> list[int]:
    """Ports that no connection gets by chance before the hub, which takes them seconds later, is there."""
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(20_000, 32_000)
        with contextlib.suppress(OSError):
            socket.create_server(("127.0.0.1", port)).close()
            found.append(port)
    return found
