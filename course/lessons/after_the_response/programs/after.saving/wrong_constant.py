# gets: fixed-number
def saving(handler: float, job: float) -> float:
    return 0.87
