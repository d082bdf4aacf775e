"""What the lesson says without a cell of its own, each claim run against the installed releases."""

from functools import lru_cache
from typing import Annotated

import pytest
from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI
from fastapi.testclient import TestClient


def test_dependencies_of_the_app_come_first_then_router_decorator_parameters() -> None:
    ran: list[str] = []

    def adds(name: str) -> object:
        def dependency(tasks: BackgroundTasks) -> None:
            tasks.add_task(ran.append, name)

        return Depends(dependency)

    router = APIRouter(dependencies=[adds("router")])

    @router.get("/", dependencies=[adds("decorator")])
    def endpoint(tasks: BackgroundTasks, given: Annotated[None, adds("parameter")]) -> None:
        tasks.add_task(ran.append, "endpoint")

    app = FastAPI(dependencies=[adds("app")])
    app.include_router(router)
    TestClient(app).get("/")
    assert ran == ["app", "router", "decorator", "parameter", "endpoint"]


@pytest.mark.parametrize("cached", [False, True])
def test_a_provider_is_called_per_request_and_lru_cache_shares_what_it_makes(cached: bool) -> None:
    def get_service() -> object:
        return object()

    seen = []
    app = FastAPI()

    @app.get("/")
    def endpoint(
        service: Annotated[object, Depends(lru_cache(get_service) if cached else get_service)],
    ) -> None:
        seen.append(service)

    for _ in range(2):
        TestClient(app).get("/")
    assert (seen[0] is seen[1]) is cached
