# gets: still-fails
def mended():
    return {**AFTER, "label": ["pack", "find_address"]}
