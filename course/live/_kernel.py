"""A second Jupyter kernel, for experiments that would change the one the reader works in."""

from __future__ import annotations

import subprocess
import weakref
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_client.blocking.client import BlockingKernelClient
    from jupyter_client.manager import KernelManager


class Output:
    """What a piece of code printed, and the error it ended with, if any. Shown as text in a notebook."""

    def __init__(self, stdout: str, stderr: str, error: str | None) -> None:
        self.stdout = stdout
        self.stderr = stderr
        self.error = error

    def __repr__(self) -> str:
        return "\n".join(part for part in (self.stdout.rstrip("\n"), self.error) if part)


class OtherKernel:
    """A kernel of its own, as fresh as a notebook that was just opened, with a running event loop.

    Usable as a context manager; `stop()` ends it, and so does forgetting it.
    """

    def __init__(self) -> None:
        from jupyter_client.manager import KernelManager  # it takes 0.1 s, which few lessons need

        manager = KernelManager(kernel_name="python3")
        manager.start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        client: BlockingKernelClient = manager.client()
        self._client = client
        self._end = weakref.finalize(self, _end, manager, client)
        client.start_channels()
        client.wait_for_ready(timeout=60)

    def run(self, code: str, timeout: float = 30.0) -> Output:
        """Run `code` as a cell of that kernel and return what came out.

        Raises TimeoutError when it is not done after `timeout` seconds; the kernel is ended then.
        """
        streams = {"stdout": "", "stderr": ""}
        errors: list[str] = []

        def collect(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                streams[content["name"]] += content["text"]
            elif message["msg_type"] == "error":
                errors.append(f"{content['ename']}: {content['evalue']}")

        try:
            self._client.execute_interactive(code, output_hook=collect, timeout=timeout, store_history=False)
        except TimeoutError:
            self.stop()
            raise
        return Output(streams["stdout"], streams["stderr"], errors[-1] if errors else None)

    def stop(self) -> None:
        """End the kernel. Calling it again does nothing."""
        self._end()

    def __enter__(self) -> OtherKernel:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()


def _end(manager: KernelManager, client: BlockingKernelClient) -> None:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
