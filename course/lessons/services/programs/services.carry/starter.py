def carry(function):
    """A task that runs `function` (def or async def) in the context of the code that called carry()."""
    return ____
