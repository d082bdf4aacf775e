"""A check leaves the lesson as it was, whatever a program does to it."""

import copy

import pytest

from course.lessons.order_and_data import fulfilment, parcel
from course.practice import bank, lesson


def program(exercise: str, name: str) -> bank.Program:
    return next(each for each in bank.programs(lesson("order_and_data"), exercise) if each.name == name)


@pytest.mark.parametrize(
    ("exercise", "first", "then"),
    [
        ("order.repair", "wrong_mutates", "right_copied"),
        ("order.repair", "right_in_place", "right_copied"),
        ("order.repair", "wrong_changes_functions", "right_from_the_parameters"),
        ("order.missing-edge", "wrong_mutates", "right_added"),
        ("order.missing-edge", "wrong_change_order", "right_reference"),
        ("order.missing-edge", "right_in_place", "right_added"),
    ],
)
def test_a_try_does_not_change_the_next_one(exercise: str, first: str, then: str) -> None:
    graphs = copy.deepcopy((parcel.AFTER, fulfilment.AFTER))
    label, mail = parcel.label, fulfilment.Order.mail
    once, again = program(exercise, first).check().state, program(exercise, first).check().state
    assert once == again
    assert program(exercise, then).check().passed
    assert graphs == (parcel.AFTER, fulfilment.AFTER)
    assert (parcel.label, fulfilment.Order.mail) == (label, mail)


def test_a_graph_that_a_cell_has_mended_stays_mended() -> None:
    kept = parcel.AFTER["pay"][:]
    parcel.AFTER["pay"].remove("label")
    try:
        assert program("order.repair", "right_in_place").check().passed
        assert parcel.AFTER["pay"] == ["order"]
    finally:
        parcel.AFTER["pay"][:] = kept
