"""Which tool for which work: the decision table of lesson 09 as a function."""

from dataclasses import dataclass
from typing import Literal

from course.words import say

Kind = Literal["waits", "computes"]
_LONG = 30  # seconds: by default Kubernetes kills then
_HOLDS = 0.1  # seconds: shorter computing holds nobody up for long


@dataclass(frozen=True)
class Choice:
    """A tool, and the reasons that led to it."""

    tool: str
    because: tuple[str, ...]

    def __repr__(self) -> str:
        return "\n".join(
            [self.tool, *("  " + say("because {reason}", reason=reason) for reason in self.because)]
        )


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
    lost = say("a crash must not lose it")
    many = say("{steps} steps, and what is done must not be done again", steps=steps)
    if machines > 1:
        shared = say(
            "{machines} machines have to share the work, and a file or a dict is on one", machines=machines
        )
        if steps > 1:
            named = say("each process has a name of its own and keeps it; what they share is put on a queue")
            return Choice(say("durable engine on PostgreSQL"), (shared, many, named))
        skips = say("two machines may claim at the same time: SELECT … FOR UPDATE SKIP LOCKED")
        return Choice(say("queue with its own workers, or an outbox in PostgreSQL"), (shared, skips))
    if not may_be_lost and steps > 1:
        return Choice(say("durable engine on SQLite"), (lost, many))
    ordered = (
        (say("in order: one relay only, and a letter that failed is overtaken all the same"),)
        if in_order
        else ()
    )
    if not may_be_lost:
        return Choice(say("outbox"), (lost, say("one step: a row, a claim and a lease suffice"), *ordered))
    harmless = say("it may be lost")
    deployed = say("every deployment would lose it, not only a rare crash")
    if kind == "computes" and seconds > _HOLDS:
        often = deployed if seconds > _LONG else say("it may be lost with the process")
        return Choice(say("process pool"), (say("computing holds the GIL"), often))
    if seconds > _LONG:
        outlasts = say("{seconds:g} s outlast a shutdown", seconds=seconds)
        return Choice(say("outbox"), (outlasts, deployed, *ordered))
    if in_order:
        return Choice(say("queue in the lifespan"), (say("order, or a limit, over all requests"), harmless))
    waits = (say("it waits, and does not compute"),) if kind == "waits" else ()
    return Choice("BackgroundTasks", (say("it is short"), *waits, harmless))
