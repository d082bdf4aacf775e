# gets: needless
def repaired():
    return dict(zip(parcel.AFTER, [[], ["order"], ["confirm"], ["pay"], ["pack"], ["label"]]))
