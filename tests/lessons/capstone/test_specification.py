"""The check of the shop lists the whole specification, also for a shop that is far from it."""

from __future__ import annotations

import pytest

from course.practice import Result, bank, examine, find_exercise
from course.practice.texts import exercise_text

ID = "capstone.shop"
LESSON, TEXT = exercise_text(ID)
PROGRAMS = {each.name: each for each in bank.programs(LESSON, ID)}

BEGINNING = """
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(store.save, order_id, "closed")
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app
"""


def _examined(names: dict[str, object]) -> Result:
    return examine(find_exercise(ID, LESSON), LESSON, TEXT, [names["build_shop"]], every_point=True)


def _states(result: Result) -> dict[str, str]:
    names = {promise: name for name, promise in TEXT.promises.items()}
    return {names[point.promise]: point.state for point in result.points}


def test_every_miss_is_about_a_point_and_each_point_says_what_was_seen() -> None:
    assert [id for id, miss in TEXT.misses.items() if miss.promise is None] == []
    assert set(TEXT.seen) == set(TEXT.promises)


@pytest.mark.waits
def test_a_first_step_keeps_what_it_keeps() -> None:
    names = PROGRAMS["right_reference"].run()
    exec(compile(BEGINNING, "<cell>", "exec", dont_inherit=True), names)
    result = _examined(names)
    assert result.miss == "final-too-early"
    kept = {"stored": "ok", "status": "ok", "states": "not yet", "graph": "not yet"}
    assert _states(result) == dict.fromkeys(TEXT.promises, "not seen") | kept


@pytest.mark.waits
def test_one_fault_leaves_the_other_points_as_they_are() -> None:
    result = _examined(PROGRAMS["wrong_count_last"].run())
    assert result.miss == PROGRAMS["wrong_count_last"].gets
    assert {name for name, state in _states(result).items() if state != "ok"} == {"graph"}
