def mended():
    AFTER["label"] = ["pack", "find_address"]
    AFTER["mail"] = ["ship", "invoice"]
    return AFTER
