# gets: circle
def mended():
    return {
        **AFTER,
        "find_address": ["label"],
        "invoice": ["charge", "mail"],
        "label": ["pack", "find_address"],
        "mail": ["ship", "invoice"],
    }
