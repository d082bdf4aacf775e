"""Start a Jupyter kernel, for whoever is no JupyterLab: the doctor, a lesson's second kernel, the gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from jupyter_client.blocking.client import BlockingKernelClient
    from jupyter_client.manager import KernelManager

STARTS = 6
"""How often a kernel is started at most: as often as Jupyter's own ``KernelRestarter`` does it."""

ANSWER_SECONDS = 60.0

_T = TypeVar("_T")


def start_again_if_it_dies(start: Callable[[], _T]) -> _T:
    """What ``start`` returns; once more when its kernel has died before it answered.

    Jupyter chooses a kernel's ports, closes them, and the kernel opens them again. Another program can take
    one in between, and the kernel ends: https://github.com/jupyter/jupyter_client/issues/487. A new start has
    other ports. JupyterLab does the same with kernels that it starts.

    Raises RuntimeError as ``start`` does when the last one dies as well.
    """
    for _ in range(STARTS - 1):
        try:
            return start()
        except RuntimeError as error:
            if "Kernel died" not in str(error):
                raise
    return start()


def started(name: str = "python3", **options: Any) -> tuple[KernelManager, BlockingKernelClient]:
    """A kernel that answers, and a client whose channels are open. ``options`` go to ``start_kernel``.

    Raises RuntimeError when it does not answer within ``ANSWER_SECONDS`` or dies.
    """
    from jupyter_client.manager import KernelManager  # it takes 0.1 s, which few lessons need

    def start() -> tuple[KernelManager, BlockingKernelClient]:
        manager = KernelManager(kernel_name=name)
        manager.start_kernel(**options)
        client: BlockingKernelClient = manager.blocking_client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=ANSWER_SECONDS)
        except BaseException:
            end(manager, client)
            raise
        return manager, client

    return start_again_if_it_dies(start)


def end(manager: KernelManager, client: BlockingKernelClient) -> None:
    """End a kernel at once, and close the channels to it."""
    client.stop_channels()
    manager.shutdown_kernel(now=True)
