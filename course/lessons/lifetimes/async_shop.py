"""The shop again, async from end to end."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import BackgroundTasks, FastAPI
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from course.lessons.services.database import Base, Order, new_file


class NewOrder(BaseModel):
    """The body of POST /orders."""

    email: str


def build_async_shop(send: Callable[[int, str], Awaitable[None]]) -> FastAPI:
    """An API with POST /orders and one connection; `send(order_id, email)` confirms."""
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{new_file()}",
        pool_size=1,
        max_overflow=0,
        pool_timeout=0.5,
    )
    sessions = async_sessionmaker(engine, expire_on_commit=False)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        yield
        await engine.dispose()

    async def confirm_order(order_id: int) -> None:
        async with sessions() as own:
            order = await own.get_one(Order, order_id)
        await send(order.id, order.customer)

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=201)
    async def create_order(new: NewOrder, tasks: BackgroundTasks) -> dict[str, int]:
        order = Order(customer=new.email)
        async with sessions.begin() as db:
            db.add(order)
        tasks.add_task(confirm_order, order.id)
        return {"id": order.id}

    return app
