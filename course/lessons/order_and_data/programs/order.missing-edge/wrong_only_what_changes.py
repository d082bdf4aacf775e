# gets: other-tasks
def mended():
    return {"label": ["pack", "find_address"], "mail": ["ship", "invoice"]}
