# gets: wrong-share
def saving(handler: float, job: float) -> float:
    return 0.9 if job > handler else 0.25
