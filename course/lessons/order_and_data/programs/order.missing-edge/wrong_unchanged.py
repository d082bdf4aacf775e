# gets: still-fails
def mended():
    return AFTER
