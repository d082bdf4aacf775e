# gets: other-tasks
def mended():
    return {**AFTER, "label": ["pack", "address"], "mail": ["ship", "invoice"]}
