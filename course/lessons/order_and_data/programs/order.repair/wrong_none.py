# gets: not-a-list
def repaired():
    return {**parcel.AFTER, "order": None, "pay": ["order"]}
