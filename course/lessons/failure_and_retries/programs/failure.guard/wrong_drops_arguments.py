# gets: arguments-lost
def guard(task, report):
    def strict(number, note):
        task(number, note=note)

    def run(*args, **kwargs):
        try:
            strict()
        except Exception as error:
            report(error)

    return run
