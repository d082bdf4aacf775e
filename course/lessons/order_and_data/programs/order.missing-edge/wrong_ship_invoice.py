# gets: needless
# breaks: free
def mended():
    return {**AFTER, "label": ["pack", "find_address"], "ship": ["charge", "label", "invoice"]}
