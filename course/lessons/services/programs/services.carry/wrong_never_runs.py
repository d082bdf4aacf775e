# gets: never-ran
def carry(function):
    context = copy_context()

    def task(*args, **kwargs):
        context.copy()

    return task
