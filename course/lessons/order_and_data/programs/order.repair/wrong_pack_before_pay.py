# gets: reads-too-early
def repaired():
    return {**parcel.AFTER, "pack": ["order"]}
