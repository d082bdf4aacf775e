# gets: not-a-number
def saving(handler, job):
    return f"{job / (handler + job):.0%}"
