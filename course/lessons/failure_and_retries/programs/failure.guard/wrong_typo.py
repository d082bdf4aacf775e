# gets: wrapper-failed
def guard(task, report):
    def run(*args, **kwargs):
        try:
            tsk(*args, **kwargs)
        except Exception as error:
            report(error)

    return run
