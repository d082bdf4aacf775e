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


# %% wrong folklore gets fixed-number
def saving(handler, job):
    return 0.5 + 0.1 * min(job, 0.1)


# %% wrong half gets fixed-number
def saving(handler, job):
    return 0.5


# %% wrong words gets not-a-number
def saving(handler, job):
    return f"{job / (handler + job):.0%}"


# %% wrong what_remains gets other-share
def saving(handler, job):
    return handler / (handler + job)


# %% wrong percent gets percent
def saving(handler, job):
    return 100 * job / (handler + job)


# %% wrong ratio gets unbounded
def saving(handler, job):
    return job / handler


# %% wrong square gets wrong-share
def saving(handler, job):
    return (job / (handler + job)) ** 3
