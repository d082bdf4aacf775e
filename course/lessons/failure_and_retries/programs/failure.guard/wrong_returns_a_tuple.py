# gets: not-callable
def guard(task, report):
    return task, report
