# gets: not-callable
def carry(function):
    return copy_context()
