import copy


def mended():
    graph = copy.deepcopy(AFTER)
    graph["mail"].append("invoice")
    graph["label"].insert(0, "find_address")
    return graph
