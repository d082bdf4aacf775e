# gets: percent
# breaks: range
def saving(handler, job):
    return 100 * job / (handler + job)
