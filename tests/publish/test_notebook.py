from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode

from course.publish._notebook import fingerprint, normalise, parse, render, trim_traceback, write

new = nbformat.v4


def cell(source: str = "1", **more: object) -> NotebookNode:
    made: NotebookNode = new.new_code_cell(source)
    for key, value in more.items():
        made[key] = nbformat.from_dict(value) if isinstance(value, dict) else value
    return made


def holding(cells: list[NotebookNode], **metadata: object) -> NotebookNode:
    """A notebook as an editor may leave it: nothing in it is validated."""
    made: NotebookNode = new.new_notebook()
    made.cells, made.metadata = cells, nbformat.from_dict(metadata)
    return made


def test_ids_that_an_editor_made_up_become_positions_and_others_stay() -> None:
    cells = [
        cell(id="a1b2c3d4"),
        cell(id="mechanism"),
        cell(id="mechanism"),
        cell(id="c04"),
        cell(id="x" * 64),
    ]
    del cells[0]["id"]
    cells.append(cell(id="3f2b8c1e-9a4d-4e6f-8b7a-0c1d2e3f4a5b"))
    names = [made.id for made in normalise(holding(cells)).cells]
    assert names == ["c01", "mechanism", "c03", "c04", "x" * 64, "c06"]


def test_a_position_that_is_taken_is_not_given_again() -> None:
    cells = [cell(id="00000000"), cell(id="c01")]
    assert [made.id for made in normalise(holding(cells)).cells] == ["c02", "c01"]


def test_only_what_belongs_to_the_lesson_stays() -> None:
    made = cell(
        id="one", metadata={"tags": ["slide", "slide"], "scrolled": True, "course": {}, "execution": {"t": 1}}
    )
    nb = holding([made], widgets={}, language_info={"version": "3.14"}, course={})
    result = normalise(nb)
    assert result.cells[0].metadata == {"tags": ["slide"]}
    assert set(result.metadata) == {"course", "kernelspec", "language_info"}


def test_outputs_lose_what_differs_from_run_to_run() -> None:
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "abc"}, "text/plain": "a quiz"}
    outputs = [
        new.new_output("stream", text="one\n"),
        new.new_output("stream", text="\x1b[31mtwo\x1b[0m\n"),
        new.new_output("execute_result", view, execution_count=7),
        new.new_output("stream", text="three\n"),
    ]
    made = normalise(holding([cell(id="one", outputs=outputs, execution_count=1)])).cells[0]
    assert [output.get("text") for output in made.outputs] == ["one\ntwo\n", None, "three\n"]
    assert made.outputs[1].data == {"text/plain": "a quiz"}
    assert made.outputs[1].execution_count == 1


def test_a_traceback_keeps_the_learners_frames_and_names_the_libraries() -> None:
    lines = [
        "\x1b[31m---\x1b[39m",
        "\x1b[31mOSError\x1b[39m      Traceback (most recent call last)",
        'Cell In[3], line 2\n----> 2 client.get("/users/1/photo")\n',
        "File ~/course/.venv/lib/python3.11/site-packages/httpx/_client.py:1, in get(self)\n      1 x\n",
        "File ~/course/.venv/lib/python3.11/site-packages/httpx/_models.py:9, in send(self)\n      9 x\n",
        "File /usr/lib/python3.11/asyncio/runners.py:190, in run(main)\n    190 x\n",
        r"File C:\Python311\Lib\json\decoder.py:3, in decode(s)",
        "OSError: [Errno 2] No such file: '/home/ada/photo.png'",
    ]
    assert trim_traceback(lines) == [
        "---",
        "OSError      Traceback (most recent call last)",
        'Cell In[3], line 2\n----> 2 client.get("/users/1/photo")\n',
        "    ... inside httpx",
        "    ... inside asyncio",
        "    ... inside json",
        "OSError: [Errno 2] No such file: 'photo.png'",
    ]


names = st.from_regex(r"[a-z0-9-]{1,12}", fullmatch=True)


@given(st.lists(st.tuples(names, st.text(max_size=20), st.lists(names, max_size=2)), max_size=6))
def test_normalising_twice_changes_nothing(cells: list[tuple[str, str, list[str]]]) -> None:
    nb = holding([cell(source, id=name, metadata={"tags": tags}) for name, source, tags in cells])
    once = normalise(nb)
    assert normalise(once) == once
    assert len({made.id for made in once.cells}) == len(cells)
    assert render(normalise(parse(render(once)))) == render(once)


def test_the_fingerprint_follows_code_and_its_order_only() -> None:
    one, two, text = cell("1", id="one"), cell("2", id="two"), new.new_markdown_cell("text", id="text")
    same = fingerprint(holding([one, two]))
    assert fingerprint(holding([one, text, two])) == same
    assert fingerprint(holding([two, one])) != same


def test_writing_is_all_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    write(path, "old\n")
    with pytest.raises(UnicodeEncodeError):
        write(path, "\ud800")
    assert path.read_bytes() == b"old\n"
    assert list(tmp_path.iterdir()) == [path]
