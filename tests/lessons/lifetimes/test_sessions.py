"""What the lesson says without a cell of its own, each claim run against the installed releases."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import BackgroundTasks, Depends, FastAPI
from fastapi.exceptions import DependencyScopeError
from fastapi.testclient import TestClient
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Engine, QueuePool, create_engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from course.lessons.services.database import Order, new_engine


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = new_engine()
    yield engine
    engine.dispose()


class OrderOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
    customer: str


def test_a_response_model_reads_the_object_before_a_function_scope_ends(engine: Engine) -> None:
    def get_db() -> Iterator[Session]:
        with Session(engine) as db:
            yield db

    app = FastAPI()

    @app.get("/", response_model=OrderOut)
    def endpoint(db: Annotated[Session, Depends(get_db, scope="function")]) -> Order:
        order = Order(customer="ada")
        db.add(order)
        db.commit()  # every attribute is expired: reading it needs the session
        return order

    assert TestClient(app).get("/").json() == {"id": 1, "customer": "ada"}


@pytest.mark.parametrize(("scope", "status", "tasks_ran"), [("request", 201, 1), ("function", 500, 0)])
def test_a_commit_after_yield_that_fails(engine: Engine, scope: str, status: int, tasks_ran: int) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE UNIQUE INDEX one_each ON orders (customer)"))
        connection.execute(text("INSERT INTO orders (customer) VALUES ('ada')"))
    ran: list[int] = []

    def get_db() -> Iterator[Session]:
        with Session(engine) as db:
            yield db
            db.commit()

    app = FastAPI()

    @app.post("/", status_code=201)
    def endpoint(
        db: Annotated[Session, Depends(get_db, scope=scope)],  # type: ignore[arg-type]
        tasks: BackgroundTasks,
    ) -> None:
        db.add(Order(customer="ada"))
        tasks.add_task(ran.append, 1)

    assert TestClient(app, raise_server_exceptions=False).post("/").status_code == status
    assert len(ran) == tasks_ran
    with pytest.raises(IntegrityError):
        TestClient(app).post("/")


def test_the_default_pool_has_fifteen_connections_and_waits_thirty_seconds(tmp_path: Path) -> None:
    pool = create_engine(f"sqlite:///{tmp_path / 'shop.db'}").pool
    assert isinstance(pool, QueuePool)
    assert (pool.size() + pool._max_overflow, pool.timeout()) == (15, 30)


def test_the_garbage_collector_gives_back_the_connection_of_a_forgotten_session(engine: Engine) -> None:
    forgotten = Session(engine)
    forgotten.close()
    forgotten.execute(text("SELECT 1"))
    assert engine.pool.checkedout() == 1  # type: ignore[attr-defined]
    del forgotten
    gc.collect()
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_an_object_read_after_the_commit_works_without_its_session(engine: Engine) -> None:
    with Session(engine) as db:
        order = Order(customer="ada")
        db.add(order)
        db.commit()
        assert order.id == 1
    assert order.customer == "ada"


def test_a_request_scope_cannot_lean_on_a_function_scope() -> None:
    def short() -> Iterator[None]:
        yield

    def long(it: Annotated[None, Depends(short, scope="function")]) -> Iterator[None]:
        yield

    def endpoint(it: Annotated[None, Depends(long)]) -> None: ...

    with pytest.raises(DependencyScopeError):
        FastAPI().get("/")(endpoint)
