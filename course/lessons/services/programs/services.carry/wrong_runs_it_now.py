# gets: ran-at-once
def carry(function):
    return copy_context().run(function) or "done"
