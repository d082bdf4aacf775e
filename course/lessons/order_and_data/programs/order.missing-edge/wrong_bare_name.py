# gets: not-a-list
def mended():
    return {**AFTER, "label": ["pack", "find_address"], "mail": "invoice"}
