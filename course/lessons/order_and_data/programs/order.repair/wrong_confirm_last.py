# gets: needless
def repaired():
    return {**parcel.AFTER, "pay": ["order"], "confirm": ["hand_over"]}
