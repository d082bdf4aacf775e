# gets: needless
# breaks: free
def mended():
    return {
        **AFTER,
        "label": ["pack", "find_address"],
        "mail": ["ship", "invoice"],
        "invoice": ["charge", "pack"],
    }
