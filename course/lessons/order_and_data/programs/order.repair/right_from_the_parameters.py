def repaired():
    return {name: list(inspect.signature(getattr(parcel, name)).parameters) for name in parcel.AFTER}
