# gets: not-a-graph
def mended():
    return [("find_address", "label"), ("invoice", "mail")]
