"""A parcel service. The parameters of a task are the results that it reads."""


def order() -> str:
    """What was ordered."""
    return "a lamp"


def confirm(order: str) -> str:
    """Tell the customer."""
    return f"confirmed: {order}"


def pay(order: str) -> str:
    """Take the money."""
    return f"paid: {order}"


def pack(order: str, pay: str) -> str:
    """Only what is paid is packed."""
    return f"parcel with {order}, {pay}"


def label(order: str, pack: str) -> str:
    """The label shows the weight of the parcel."""
    return f"{pack}, labelled {order}"


def hand_over(pack: str, label: str) -> str:
    """To the carrier."""
    return f"{pack}, {label}: on its way"


AFTER = {
    "order": [],
    "confirm": ["order"],
    "pay": ["order", "label"],
    "pack": ["order", "pay"],
    "label": ["order", "pack"],
    "hand_over": ["pack", "label"],
}
