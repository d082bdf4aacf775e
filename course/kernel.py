"""Start a Jupyter kernel, for whoever is no JupyterLab: the doctor, a lesson's second kernel, the gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from jupyter_client.blocking.client import BlockingKernelClient
    from jupyter_client.manager import KernelManager

STARTS = 6
"""How often a kernel is started at most: as often as Jupyter's own ``KernelRestarter`` does it."""

FIRST_ANSWER_SECONDS = 20.0
"""How long the first kernel may be silent before another one is started in its place."""

ANSWER_SECONDS = 60.0
"""How long the other one may be silent."""

_T = TypeVar("_T")


def start_again_if_it_fails(start: Callable[[float], _T], patience: float = ANSWER_SECONDS) -> _T:
    """What ``start`` returns; again when its kernel has died, and once more when it has not answered.

    ``start`` takes the seconds that it may wait for an answer. They are few at first, so that a kernel that
    cannot answer costs little, and ``patience`` afterwards, for a machine that is slow.

    Jupyter chooses a kernel's ports, closes them, and the kernel opens them again. Another program can take
    one in between: https://github.com/jupyter/jupyter_client/issues/487. A kernel without its IOPub port
    stays alive and never answers; without its shell, control or stdin port it ends. A new start has other
    ports. JupyterLab does the same with kernels that end.

    Raises RuntimeError as ``start`` does when the last kernel dies as well, or the second one is silent.
    """
    seconds, was_silent = min(FIRST_ANSWER_SECONDS, patience), False
    for _ in range(STARTS - 1):
        try:
            return start(seconds)
        except RuntimeError as error:
            silent = "respond" in str(error)
            if (not silent and "Kernel died" not in str(error)) or (silent and was_silent):
                raise
            if silent:
                seconds, was_silent = patience, True
    return start(seconds)


def started(name: str = "python3", **options: Any) -> tuple[KernelManager, BlockingKernelClient]:
    """A kernel that answers, and a client whose channels are open. ``options`` go to ``start_kernel``.

    Raises RuntimeError when it does not answer within ``ANSWER_SECONDS`` or dies.
    """
    from jupyter_client.manager import KernelManager  # it takes 0.1 s, which few lessons need

    def start(seconds: float) -> tuple[KernelManager, BlockingKernelClient]:
        manager = KernelManager(kernel_name=name)
        manager.start_kernel(**options)
        client: BlockingKernelClient = manager.blocking_client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=seconds)
        except BaseException:
            end(manager, client)
            raise
        return manager, client

    return start_again_if_it_fails(start)


def end(manager: KernelManager, client: BlockingKernelClient) -> None:
    """End a kernel at once, and close the channels to it."""
    client.stop_channels()
    manager.shutdown_kernel(now=True)
