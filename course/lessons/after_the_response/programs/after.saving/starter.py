def saving(handler: float, job: float) -> float:
    """The share of the client's waiting time that disappears when the job moves behind the response."""
    return ____
