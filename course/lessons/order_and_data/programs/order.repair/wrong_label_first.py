# gets: reads-too-early
def repaired():
    return {**parcel.AFTER, "label": ["order"]}
