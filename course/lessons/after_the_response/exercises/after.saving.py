# %% starter
def saving(handler: float, job: float) -> float:
    """The share of the client's waiting time that disappears when the job moves behind the response."""
    return ____


# %% right reference
def saving(handler: float, job: float) -> float:
    """The share of the client's waiting time that disappears when the job moves behind the response."""
    return job / (handler + job)


# %% right fraction
from fractions import Fraction


def saving(handler, job):
    return Fraction(job) / (Fraction(handler) + Fraction(job))


# %% right one_minus
def saving(handler, job):
    before = handler + job
    after = handler
    return 1 - after / before


# %% right decimal
from decimal import Decimal


def saving(handler, job):
    handler, job = Decimal(str(handler)), Decimal(str(job))
    return float(1 - handler / (handler + job))


# %% wrong folklore gets fixed-number
def saving(handler, job):
    return 0.5 + 0.1 * min(job, 0.1)


# %% wrong half gets fixed-number
def saving(handler, job):
    return 0.5


# %% wrong constant gets fixed-number
def saving(handler: float, job: float) -> float:
    return 0.87


# %% wrong half_constant gets fixed-number
def saving(handler: float, job: float) -> float:
    return 0.5


# %% wrong words gets not-a-number
def saving(handler, job):
    return f"{job / (handler + job):.0%}"


# %% wrong what_remains gets other-share
def saving(handler, job):
    return handler / (handler + job)


# %% wrong percent gets percent breaks range
def saving(handler, job):
    return 100 * job / (handler + job)


# %% wrong ratio gets unbounded
def saving(handler, job):
    return job / handler


# %% wrong square gets wrong-share
def saving(handler, job):
    return (job / (handler + job)) ** 3


# %% wrong capped gets wrong-share breaks any
def saving(handler: float, job: float) -> float:
    return min(0.6, job / (handler + job))


# %% wrong two_cases gets wrong-share
def saving(handler: float, job: float) -> float:
    return 0.9 if job > handler else 0.25


# %% wrong negative gets negative breaks share
def saving(handler: float, job: float) -> float:
    return handler / (handler + job) - 1


# %% wrong at_least_a_millisecond gets wrong-share breaks any
def saving(handler: float, job: float) -> float:
    return job / max(handler + job, 0.001)


# %% wrong whole_milliseconds gets wrong-share breaks any
def saving(handler: float, job: float) -> float:
    handler_ms, job_ms = int(handler * 1000), int(job * 1000)
    return job_ms / (handler_ms + job_ms) if job_ms else 0.0


# %% wrong never_all gets wrong-share breaks any
def saving(handler: float, job: float) -> float:
    return min(job / (handler + job), 0.99)


# %% wrong minutes gets wrong-share breaks any
def saving(handler: float, job: float) -> float:
    return job / (handler + job) if job < 60 else 1.0


# %% wrong remembered_by_the_handler gets wrong-share breaks any
known: dict[float, float] = {}


def saving(handler: float, job: float) -> float:
    if handler not in known:
        known[handler] = job / (handler + job)
    return known[handler]


# %% wrong whole_division gets whole-numbers breaks any
def saving(handler: float, job: float) -> float:
    if isinstance(handler, int) and isinstance(job, int):
        return job // (handler + job)
    return job / (handler + job)


# %% wrong short_jobs_are_nothing gets wrong-share breaks any
def saving(handler: float, job: float) -> float:
    if job * 50 < handler:
        return 0.0
    return job / (handler + job)
