from __future__ import annotations

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode

from course.notebook import parse, render
from course.publish._normal import counts_rise, normalise, trim_traceback

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


def test_ids_that_an_editor_made_up_say_what_the_cell_is_about_and_others_stay() -> None:
    cells = [
        cell("serve(app) as server", id="a1b2c3d4"),
        cell(id="mechanism"),
        cell('check("after.welcome", f)', id="mechanism"),
        cell(id="c04"),
        cell(id="x" * 64),
        new.new_markdown_cell("Well.\n\n## The *café*, closed\n", id="3f2b8c1e-9a4d-4e6f-8b7a-0c1d2e3f4a5b"),
        cell("", id="00000001"),
        cell("deadbeef", id="00000002"),
        cell("@app.get('/')\nasync def send_mail(to): ...", id="00000003"),
    ]
    del cells[0]["id"]
    names = [made.id for made in normalise(holding(cells)).cells]
    assert names == [
        "serve-app-server",
        "mechanism",
        "check-after-welcome-f",
        "c04",
        "x" * 64,
        "cafe-closed",
        "code",
        "deadbeef-cell",
        "send-mail",
    ]


def test_a_name_that_is_taken_is_not_given_again() -> None:
    cells = [cell("one", id="00000000"), cell("one", id="00000001"), cell(id="one")]
    assert [made.id for made in normalise(holding(cells)).cells] == ["one-2", "one-3", "one"]


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


@pytest.mark.parametrize(
    ("counts", "rise"),
    [
        ([1, 2, 3], True),
        ([1, 2, 2, 3], True),  # a cell was put in
        ([1, None, 2], True),
        ([], True),
        ([1, 3], False),  # a cell was taken out
        ([2, 1], False),
        ([57, 58], False),
        ([0, 1], False),
    ],
)
def test_counts_of_a_refreshed_notebook(counts: list[int | None], rise: bool) -> None:
    assert counts_rise(counts) is rise
