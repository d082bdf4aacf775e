# gets: not-a-graph
def repaired():
    return ["order", "confirm", "pay", "pack", "label", "hand_over"]
