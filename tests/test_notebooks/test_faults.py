"""The gate is awake: each kind of fault is planted, and seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from course.publish import _faults

IN_COMPANY = {
    "a lesson without content",  # nor has the file its name
    "no title",  # which has the note
    "an exercise that nobody checks",  # the cell is gone, so the counts have a gap
    "a talk of one slide",  # the same
}
"""Faults that are two."""

PLANTERS = (_faults.plant_for_audit, _faults.plant_for_the_run, _faults.plant_in_the_tree)


@pytest.mark.long
@pytest.mark.parametrize("plant", PLANTERS, ids=lambda plant: plant.__name__)
def test_every_planted_fault_is_caught(
    plant: Callable[[Path, Path], Iterator[_faults.Planted]],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    specimen = _faults.build_specimen(tmp_path / "clean")
    planted = list(plant(specimen, tmp_path / "planted"))
    missed = [one for one in planted if not one.caught]
    faults = [one for one in planted if not one.control]
    record_property("faults", len(faults))
    record_property("faults caught", sum(one.caught for one in faults))
    assert {one.fault for one in planted if not one.alone} <= IN_COMPANY
    assert not missed, "\n\n".join(f"{one.fault} ({one.by}): {one.detail}" for one in missed)
