# gets: negative
# breaks: share
def saving(handler: float, job: float) -> float:
    return handler / (handler + job) - 1
