# gets: circle
def repaired():
    return parcel.AFTER
