def saving(handler, job):
    before = handler + job
    after = handler
    return 1 - after / before
