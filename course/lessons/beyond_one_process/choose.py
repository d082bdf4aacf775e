"""Which tool for which work: the decision table of lesson 09 as a function."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["waits", "computes"]
_LONG = 10  # seconds: longer than most orchestrators wait before they kill


@dataclass(frozen=True)
class Choice:
    """A tool, and the reasons that led to it."""

    tool: str
    because: tuple[str, ...]

    def __repr__(self) -> str:
        return "\n".join([self.tool, *(f"  because {reason}" for reason in self.because)])


def choose(
    *,
    may_be_lost: bool,
    seconds: float,
    kind: Kind = "waits",
    in_order: bool = False,
    steps: int = 1,
    machines: int = 1,
) -> Choice:
    """Name the smallest tool that does it.

    Args:
        may_be_lost: nobody is harmed when a crash or a deployment swallows it.
        seconds: how long it takes.
        kind: it "waits" for the network or a disk, or "computes" on the processor.
        in_order: one after the other, or not too many at a time, over all requests.
        steps: how many steps, each of which should not be repeated once it is done.
        machines: on how many machines the work has to be shared.
    """
    if machines > 1:
        reason = f"{machines} machines have to share the work, and a file or a dict is on one"
        if steps > 1:
            named = "each process has a name of its own and keeps it; what they share is put on a queue"
            return Choice(
                "durable engine on PostgreSQL",
                (reason, f"{steps} steps, and what is done must not be done again", named),
            )
        skips = "two machines may claim at the same time: SELECT … FOR UPDATE SKIP LOCKED"
        return Choice("queue with its own workers, or an outbox in PostgreSQL", (reason, skips))
    if not may_be_lost and steps > 1:
        return Choice(
            "durable engine on SQLite",
            ("a crash must not lose it", f"{steps} steps, and what is done must not be done again"),
        )
    if not may_be_lost:
        return Choice("outbox", ("a crash must not lose it", "one step: a row, a claim and a lease suffice"))
    if kind == "computes":
        return Choice("process pool", ("computing holds the GIL", "it may be lost with the process"))
    if in_order:
        return Choice("queue in the lifespan", ("order, or a limit, over all requests", "it may be lost"))
    if seconds > _LONG:
        return Choice(
            "outbox",
            (
                f"{seconds:g} s outlast a shutdown",
                "every deployment would lose it, not only a rare crash",
            ),
        )
    return Choice("BackgroundTasks", ("it is short", "it waits, and does not compute", "it may be lost"))
