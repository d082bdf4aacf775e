# gets: wrong-share
# breaks: any
def saving(handler: float, job: float) -> float:
    return min(0.6, job / (handler + job))
