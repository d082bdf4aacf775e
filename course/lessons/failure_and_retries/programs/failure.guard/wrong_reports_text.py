# gets: wrong-report
def guard(task, report):
    def run(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except Exception as error:
            report(str(error))

    return run
