# gets: unbounded
def saving(handler, job):
    return job / handler
