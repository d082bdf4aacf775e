# gets: not-a-graph
def repaired():
    return ("pay", "label")
