# gets: coroutine-lost
def guard(task, report):
    def run(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except Exception as error:
            report(error)

    return run
