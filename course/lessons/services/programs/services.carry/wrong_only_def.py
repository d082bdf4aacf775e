# gets: coroutine-lost
from functools import partial


def carry(function):
    return partial(copy_context().run, function)
