# gets: not-a-list
def repaired():
    return {**parcel.AFTER, "pay": "order"}
