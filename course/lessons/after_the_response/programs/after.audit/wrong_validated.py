# gets: engine.refused
from pydantic import Field


def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int = Field(gt=0)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        tasks.add_task(write_audit, "accepted", order.amount)

    return app
