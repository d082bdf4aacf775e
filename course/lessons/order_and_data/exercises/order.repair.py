# %% starter
def repaired() -> dict[str, list[str]]:
    """The arrows of the parcel service without a cycle."""
    return ____


# %% right reference
def repaired() -> dict[str, list[str]]:
    """The arrows of the parcel service without a cycle."""
    return {**parcel.AFTER, "pay": ["order"]}


# %% right from_the_parameters
import inspect


def repaired():
    return {name: list(inspect.signature(getattr(parcel, name)).parameters) for name in parcel.AFTER}


# %% right written_out
def repaired():
    return {
        "hand_over": ("label", "pack"),
        "label": ("pack",),
        "pack": {"pay"},
        "pay": ["order"],
        "confirm": ["order"],
        "order": [],
    }


# %% right copied
import copy


def repaired() -> dict[str, list[str]]:
    graph = copy.deepcopy(parcel.AFTER)
    graph["pay"].remove("label")
    return graph


# %% right in_place
def repaired() -> dict[str, list[str]]:
    if "label" in parcel.AFTER["pay"]:
        parcel.AFTER["pay"].remove("label")
    return parcel.AFTER


# %% wrong turned_round gets circle
def repaired():
    return {**parcel.AFTER, "pay": ["order"], "label": ["order", "pack", "hand_over"]}


# %% wrong unchanged gets circle
def repaired():
    return parcel.AFTER


# %% wrong all_in_a_line gets needless
def repaired():
    return dict(zip(parcel.AFTER, [[], ["order"], ["confirm"], ["pay"], ["pack"], ["label"]]))


# %% wrong confirm_last gets needless
def repaired():
    return {**parcel.AFTER, "pay": ["order"], "confirm": ["hand_over"]}


# %% wrong extra gets needless breaks free
def repaired() -> dict[str, list[str]]:
    return {**parcel.AFTER, "pay": ["order"], "hand_over": ["pack", "label", "confirm"]}


# %% wrong just_the_order gets not-a-graph
def repaired():
    return ["order", "confirm", "pay", "pack", "label", "hand_over"]


# %% wrong the_arrow gets not-a-graph
def repaired():
    return ("pay", "label")


# %% wrong bare_name gets not-a-list
def repaired():
    return {**parcel.AFTER, "pay": "order"}


# %% wrong none gets not-a-list
def repaired():
    return {**parcel.AFTER, "order": None, "pay": ["order"]}


# %% wrong misspelt gets other-tasks
def repaired():
    return {**parcel.AFTER, "pay": ["ordre"]}


# %% wrong task_removed gets other-tasks
def repaired():
    return {
        name: [n for n in needs if n != "label"] for name, needs in parcel.AFTER.items() if name != "label"
    }


# %% wrong extra_task gets other-tasks breaks same
def repaired() -> dict[str, list[str]]:
    return {**parcel.AFTER, "pay": ["order"], "mail": []}


# %% wrong label_first gets reads-too-early
def repaired():
    return {**parcel.AFTER, "label": ["order"]}


# %% wrong nothing_waits gets reads-too-early
def repaired():
    return {name: [] for name in parcel.AFTER}


# %% wrong pack_before_pay gets reads-too-early
def repaired():
    return {**parcel.AFTER, "pack": ["order"]}


# %% wrong changes_functions gets reads-too-early breaks reads
def repaired() -> dict[str, list[str]]:
    def label(order: str) -> str:
        return order

    parcel.label = label
    return {**parcel.AFTER, "label": ["order"]}


# %% wrong mutates gets reads-too-early breaks reads
def repaired() -> dict[str, list[str]]:
    parcel.AFTER["label"] = ["order"]
    return parcel.AFTER


# %% wrong functions gets not-a-name breaks same
def repaired():
    from course.lessons.order_and_data.parcel import order, confirm, pay, pack, label, hand_over

    return {
        order: [],
        confirm: [order],
        pay: [order],
        pack: [order, pay],
        label: [order, pack],
        hand_over: [pack, label],
    }


# %% wrong what_comes_after gets backwards breaks reads
def repaired():
    return {
        "order": ["confirm", "pay", "pack", "label"],
        "confirm": [],
        "pay": ["pack"],
        "pack": ["label", "hand_over"],
        "label": ["hand_over"],
        "hand_over": [],
    }


# %% wrong arrows_used_up gets first-call-only breaks same
needless = [("pay", "label")]


def repaired():
    graph = {name: list(needs) for name, needs in parcel.AFTER.items()}
    while needless:
        name, need = needless.pop()
        graph[name].remove(need)
    return graph


# %% wrong shared_lists gets shared-changed breaks same
def repaired() -> dict[str, list[str]]:
    graph = dict(parcel.AFTER)
    graph["pay"].remove("label")
    return graph
