# gets: other-share
def saving(handler, job):
    return handler / (handler + job)
