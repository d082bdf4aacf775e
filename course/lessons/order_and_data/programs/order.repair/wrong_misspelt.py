# gets: other-tasks
def repaired():
    return {**parcel.AFTER, "pay": ["ordre"]}
