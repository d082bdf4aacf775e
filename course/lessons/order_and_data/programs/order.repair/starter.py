def repaired() -> dict[str, list[str]]:
    """The arrows of the parcel service without a circle."""
    return ____
