# gets: fixed-number
def saving(handler, job):
    return 0.5
