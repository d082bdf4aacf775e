# gets: reads-too-early
# breaks: reads
def repaired() -> dict[str, list[str]]:
    parcel.AFTER["label"] = ["order"]
    return parcel.AFTER
