# gets: still-fails
def mended():
    return {**AFTER, "label": ["find_address"], "mail": ["invoice"]}
