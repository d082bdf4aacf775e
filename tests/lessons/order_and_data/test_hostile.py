"""The hostile orders keep every arrow and leave no pair untried."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from course.lessons.order_and_data import fulfilment
from course.lessons.order_and_data.hostile import attack, before, hostile_orders


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, list[str]]:
    names = [f"t{i}" for i in range(draw(st.integers(1, 7)))]
    graph = {
        name: draw(st.lists(st.sampled_from(names[:i]), unique=True)) if i else []
        for i, name in enumerate(names)
    }
    return {name: graph[name] for name in draw(st.permutations(names))}


@given(graphs())
def test_every_order_keeps_every_arrow(graph: dict[str, list[str]]) -> None:
    for order in hostile_orders(graph):
        assert sorted(order) == sorted(graph)
        for name, needs in graph.items():
            assert all(order.index(need) < order.index(name) for need in needs)


@given(graphs())
def test_every_pair_that_no_arrow_orders_is_tried_both_ways(graph: dict[str, list[str]]) -> None:
    orders = hostile_orders(graph)
    for one, other in permutations(graph, 2):
        if one not in before(graph, other) and other not in before(graph, one):
            assert any(order.index(one) < order.index(other) for order in orders)


def test_one_finding_after_the_other_until_the_graph_is_complete() -> None:
    def tasks() -> dict[str, object]:
        return fulfilment.Order().tasks()

    first = attack(fulfilment.AFTER, tasks)
    assert (first.task, str(first.error)) == ("label", "'address'")
    graph = {**fulfilment.AFTER, "label": ["pack", "find_address"]}
    second = attack(graph, tasks)
    assert (second.task, str(second.error)) == ("mail", "'invoice'")
    assert attack({**graph, "mail": ["ship", "invoice"]}, tasks) is None
