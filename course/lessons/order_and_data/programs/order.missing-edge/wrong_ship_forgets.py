# gets: still-fails
# breaks: reads
def mended():
    return {**AFTER, "label": ["pack", "find_address"], "mail": ["ship", "invoice"], "ship": ["charge"]}
