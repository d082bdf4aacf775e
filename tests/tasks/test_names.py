"""Names, and what they come in: checked once, at the door."""

import asyncio
import contextlib
import enum
import unicodedata
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from hypothesis import assume, given
from hypothesis import strategies as st

from course.tasks import (
    BadOption,
    DuplicateTask,
    MissingDependency,
    SelfDependency,
    Start,
    TaskDependency,
    TaskGraphError,
    TaskManager,
)


def run(manager, **options):
    return asyncio.run(manager.run(**options))


def takes_all(*results):
    return results


class Name(enum.StrEnum):
    LOAD = "load"


class Mixed(str, enum.Enum):  # noqa: UP042
    LOAD = "load"


NO_NAMES = [1, 2.0, None, True, b"load", ("load",), ["load"], {"load"}, object(), takes_all, len, Name, ...]
CONTAINERS = [
    None, 5, b"ab", "load", "", {"a": 1}, {"a", "b"}, frozenset("ab"), {"a"}, ["a", "a"], ("a", "b", "a"),
    [["a"]], [takes_all], takes_all, [None], [1], ["a", 1], iter([1]), (n for n in ["a", "a"]), object(),
]  # fmt: skip


def manager_of(inputs=("a", "b")):
    return TaskManager(inputs=inputs)


@pytest.mark.parametrize("given", CONTAINERS, ids=lambda given: type(given).__name__)
def test_dependencies_that_are_no_list_of_names_are_refused_when_they_are_given(given):
    given = list(given) if hasattr(given, "__next__") else given  # each of the two shall see them
    with pytest.raises(BadOption, match="Task 'task'"):
        manager_of().add_task("task", takes_all, given)
    with pytest.raises(ValueError, match="depends_on"):
        TaskDependency(task=takes_all, depends_on=given)


@pytest.mark.parametrize(
    "given",
    [["b", "a"], ("b", "a"), {"b": 1, "a": 2}.keys(), iter("ba"), (n for n in "ba"), [Name.LOAD], Name],
)
def test_what_has_an_order_is_taken_in_its_order(given):
    manager = TaskManager(inputs=["a", "b", "load"])
    manager.add_task("task", takes_all, given)
    result = run(manager, a=1, b=2, load=3).result("task")
    assert result in ((2, 1), (3,))


@pytest.mark.parametrize("name", NO_NAMES, ids=lambda given: type(given).__name__)
def test_a_name_that_is_no_text_is_refused(name):
    with pytest.raises(BadOption, match="a name must be text"):
        TaskManager().add_task(name, takes_all)
    with pytest.raises(BadOption, match="a name must be text"):
        TaskManager(inputs=[name])
    if name is not None:
        with pytest.raises(BadOption, match="a name must be text"):
            TaskManager().task(takes_all, name=name)
    manager = TaskManager()
    manager.add_task("a", takes_all)
    with pytest.raises(KeyError, match="there is no task"):
        run(manager)[name]


@pytest.mark.parametrize(
    "inputs",
    [None, 5, "order_id", b"ab", {"a": 1}, [["a"]], [1], takes_all],
    ids=lambda given: type(given).__name__,
)
def test_inputs_that_are_no_names_are_refused(inputs):
    with pytest.raises(BadOption, match="This task manager"):
        TaskManager(inputs=inputs)


NOT_KEPT = [5, b"ab", {"a": 1}, [["a"]], [1, "a"], [None], takes_all, "nobody", ["a", "nobody"]]


@pytest.mark.parametrize("keep", NOT_KEPT, ids=lambda given: type(given).__name__)
def test_what_keep_cannot_be_is_reported_and_nothing_is_raised(keep):
    manager = TaskManager()
    manager.add_task("a", takes_all)
    report = run(manager, keep=keep)
    assert isinstance(report.error, BadOption)
    assert str(report).startswith("Nothing ran: This run: ")


def test_where_order_does_not_matter_a_set_will_do():
    manager = TaskManager(inputs={"x", "y"})
    manager.add_task("a", takes_all, ["x"])
    manager.add_task("b", takes_all, ["y"])
    assert run(manager, x=1, y=2, keep={"a", "b"}).results == {"a": (1,), "b": (2,)}
    assert run(manager, x=1, y=2, keep=["a", "a"]).results == {"a": (1,)}


@pytest.mark.parametrize("kind", [Name, Mixed])
def test_names_may_be_members_of_an_enumeration(kind):
    manager = TaskManager()
    manager.add_task(kind.LOAD, takes_all)
    manager.add_task("after", lambda load: load, [kind.LOAD])
    report = run(manager)
    assert str(report) == "2 tasks: 2 done\n  load   done\n  after  done"
    assert report[kind.LOAD] is report["load"]


@pytest.mark.parametrize("name", ["keep", "self", "func"])
def test_names_that_calls_have_already_are_refused_as_inputs(name):
    with pytest.raises(BadOption, match=f"an input cannot be named '{name}'"):
        TaskManager(inputs=["order_id", name])
    manager = TaskManager()
    manager.add_task(name, takes_all)  # as a task it is no parameter of anything
    assert run(manager, keep=[name]).results == {name: ()}


@given(st.text().filter(lambda name: name not in {"keep", "self", "func"}))
def test_any_other_name_of_an_input_works_in_a_request(name):
    manager = TaskManager(inputs=[name])
    seen = []
    manager.add_task(f"{name} seen", lambda *results: seen.append(results), [name])
    app = FastAPI()

    @app.post("/")
    async def order(start: Annotated[Start, Depends(manager.depends())]):
        start(**{name: 7})

    assert TestClient(app).post("/").status_code == 200
    assert seen == [(7,)]


hard = st.sampled_from(["café", "Ωmega", "ﬁle", "Å", "각", "ſ", "x²"])
texts = st.text(st.characters(codec="utf-8"), min_size=1) | hard
forms = st.sampled_from(["NFC", "NFD"])


@given(texts, forms, forms)
def test_a_name_is_the_same_however_it_is_composed(text, here, there):
    assume(text not in {"keep", "self", "func"})
    name, same = unicodedata.normalize(here, text), unicodedata.normalize(there, text)
    manager = TaskManager()
    manager.add_task(name, lambda: 1)
    with pytest.raises(DuplicateTask):
        manager.add_task(same, lambda: 1)
    with pytest.raises(SelfDependency):
        TaskManager().add_task(name, takes_all, [same])
    with pytest.raises(BadOption, match="twice"):
        TaskManager().add_task("another", takes_all, [name, same])
    manager.add_task(f"{name} after", takes_all, [same])
    report = run(manager, keep=[same])
    assert report.ok
    assert report.result(same) == report.result(name) == 1
    assert same in report
    manager = TaskManager(inputs=[name])
    manager.add_task("task", takes_all, [same])
    assert run(manager, **{same: 7}).result("task") == (7,)


def test_identifiers_are_compared_as_python_does():
    manager = TaskManager(inputs=["ﬁle"])  # with a ligature

    space = {}
    exec("def cafe\u0301(\ufb01le): return file", space)  # Python calls the parameter "file"
    manager.task(space["caf\u00e9"], depends_on=["file"])
    report = run(manager, **{"\ufb01le": 1})
    assert report.result("cafe\u0301") == 1
    manager.add_task("x²", takes_all)
    manager.add_task("y", takes_all, ["x2"])
    with pytest.raises(MissingDependency):  # no identifier: another name
        manager.resolve_dependencies()


def test_the_same_input_in_two_ways_of_writing_is_refused():
    manager = TaskManager(inputs=["café"])
    report = run(manager, **{"caf\u00e9": 1, "cafe\u0301": 2})
    assert "twice" in str(report.error)


anything = st.recursive(
    st.sampled_from([None, True, 1, 1.5, b"a", "a", "load", takes_all, Name.LOAD]) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner, max_size=2)
    ),
    max_leaves=5,
)


@given(anything, anything, anything, anything)
def test_whatever_is_given_is_taken_or_refused_and_the_report_prints(name, dependencies, inputs, keep):
    manager = TaskManager()
    with contextlib.suppress(TaskGraphError):
        manager = TaskManager(inputs=inputs)
        manager.add_task(name, takes_all, dependencies)
    report = run(manager, keep=keep)
    assert str(report)
    assert report._repr_html_()
    assert report.mermaid()
