# gets: fixed-number
def saving(handler, job):
    return 0.5 + 0.1 * min(job, 0.1)
