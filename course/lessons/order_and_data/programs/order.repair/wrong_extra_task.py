# gets: other-tasks
# breaks: same
def repaired() -> dict[str, list[str]]:
    return {**parcel.AFTER, "pay": ["order"], "mail": []}
