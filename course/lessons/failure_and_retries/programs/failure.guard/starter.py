def guard(task, report):
    """Wrap `task`, sync or async, so that no Exception leaves it: call report(error) instead."""
    return ____
