# gets: not-reported
import contextlib


def guard(task, report):
    def run(*args, **kwargs):
        with contextlib.suppress(Exception):
            task(*args, **kwargs)

    return run
