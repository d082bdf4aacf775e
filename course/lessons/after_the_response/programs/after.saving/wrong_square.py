# gets: wrong-share
def saving(handler, job):
    return (job / (handler + job)) ** 3
