# gets: still-fails
def mended():
    return {**AFTER, "mail": ["ship", "invoice"]}
