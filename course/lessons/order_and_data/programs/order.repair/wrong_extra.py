# gets: needless
# breaks: free
def repaired() -> dict[str, list[str]]:
    return {**parcel.AFTER, "pay": ["order"], "hand_over": ["pack", "label", "confirm"]}
