# gets: other-tasks
def repaired():
    return {
        name: [n for n in needs if n != "label"] for name, needs in parcel.AFTER.items() if name != "label"
    }
