from starlette.background import BackgroundTask


def guard(task, report):
    async def run(*args, **kwargs):
        try:
            await BackgroundTask(task, *args, **kwargs)()  # Starlette decides where it runs
        except Exception as error:
            report(error)

    return run
