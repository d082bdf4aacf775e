# gets: needless
def mended():
    return {**AFTER, "reserve": ["find_address"], "mail": ["ship", "invoice"]}
