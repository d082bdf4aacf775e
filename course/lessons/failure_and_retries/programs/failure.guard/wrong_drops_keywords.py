# gets: wrong-arguments
def guard(task, report):
    def run(*args, **kwargs):
        try:
            task(*args)
        except Exception as error:
            report(error)

    return run
