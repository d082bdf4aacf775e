def repaired():
    return {
        "hand_over": ("label", "pack"),
        "label": ("pack",),
        "pack": {"pay"},
        "pay": ["order"],
        "confirm": ["order"],
        "order": [],
    }
