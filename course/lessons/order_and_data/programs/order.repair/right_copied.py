import copy


def repaired() -> dict[str, list[str]]:
    graph = copy.deepcopy(parcel.AFTER)
    graph["pay"].remove("label")
    return graph
