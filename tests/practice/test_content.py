"""What a catalogue may be written like."""

from pathlib import Path

from course.practice._content import load

CATALOGUE = """
misconceptions:
  some.thing: {belief: "It is so.", cure: cell}
exercises:
  some.exercise:
    title: "Some"
    misses:
      false-alarm: {says: "No.", misconception: some.thing}
      no: {says: "No."}
      off: {says: "No."}
    passed: "Yes."
    hints: ["a", "b", "c"]
"""


def test_names_that_look_like_truth_values_are_names(tmp_path: Path) -> None:
    catalogue = tmp_path / "en.yaml"
    catalogue.write_text(CATALOGUE, encoding="utf-8")
    assert list(load(catalogue).exercises["some.exercise"].misses) == ["false-alarm", "no", "off"]
