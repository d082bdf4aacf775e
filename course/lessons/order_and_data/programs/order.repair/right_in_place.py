def repaired() -> dict[str, list[str]]:
    if "label" in parcel.AFTER["pay"]:
        parcel.AFTER["pay"].remove("label")
    return parcel.AFTER
