"""An order of the shop: eight tasks that write to one row, and who comes after whom."""

import asyncio
from collections.abc import Callable

from course.lessons.order_and_data.worked import TaskManager

AFTER = {
    "reserve": [],
    "find_address": [],
    "charge": ["reserve"],
    "pack": ["reserve"],
    "invoice": ["charge"],
    "label": ["pack"],
    "ship": ["charge", "label"],
    "mail": ["ship"],
}


class Order:
    """One order. What its tasks find out is in `row`."""

    def __init__(self) -> None:
        self.row: dict[str, str] = {}

    def reserve(self) -> None:
        """Find the goods."""
        self.row["goods"] = "a lamp"

    def find_address(self) -> None:
        """Where it goes."""
        self.row["address"] = "12 St James's Square"

    def charge(self) -> None:
        """Take the money."""
        self.row["payment"] = f"paid for {self.row['goods']}"

    def pack(self) -> None:
        """Make a parcel."""
        self.row["parcel"] = f"parcel with {self.row['goods']}"

    def invoice(self) -> None:
        """Write the invoice."""
        self.row["invoice"] = f"invoice 7, {self.row['payment']}"

    def label(self) -> None:
        """Print the label."""
        self.row["label"] = f"{self.row['parcel']} to {self.row['address']}"

    def ship(self) -> None:
        """Hand it to the carrier."""
        if self.row["payment"]:
            self.row["tracking"] = f"{self.row['label']}: on its way"

    def mail(self) -> None:
        """Tell the customer."""
        self.row["mail"] = f"{self.row['tracking']} ({self.row['invoice']})"

    def tasks(self) -> dict[str, Callable[[], None]]:
        """The tasks by name."""
        return {name: getattr(self, name) for name in AFTER}


USUAL = {"find_address": 0.001, "invoice": 0.001}
"""Seconds that a task usually takes; 0.003 for those that are not here."""


async def ordinary_day() -> str:
    """Run the tasks of a new order, each as soon as AFTER lets it; return what was mailed."""
    order = Order()
    manager = TaskManager()
    for name, task in order.tasks().items():

        async def usual(*_: object, name: str = name, task: Callable[[], None] = task) -> None:
            await asyncio.sleep(USUAL.get(name, 0.003))
            task()

        manager.add_task(name, usual, AFTER[name])
    await manager.run()
    return order.row["mail"]
