# gets: false-alarm
# breaks: works
import inspect


def examine_shop(build_shop, Services) -> None:
    closure = inspect.getclosurevars(build_shop)
    assert not [v for v in closure.nonlocals.values() if v]
