# gets: escapes
def guard(task, report):
    return task
