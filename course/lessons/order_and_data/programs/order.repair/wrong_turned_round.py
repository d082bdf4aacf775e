# gets: circle
def repaired():
    return {**parcel.AFTER, "pay": ["order"], "label": ["order", "pack", "hand_over"]}
