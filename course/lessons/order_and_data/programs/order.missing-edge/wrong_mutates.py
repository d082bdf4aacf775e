# gets: still-fails
# breaks: reads
def mended():
    AFTER["label"].append("find_address")
    return AFTER
