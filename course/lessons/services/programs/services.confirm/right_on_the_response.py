from functools import partial

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask


def build_orders(get_notifications):
    router = APIRouter(prefix="/orders")

    @router.post("/{order_id}/confirm")
    async def confirm(order_id: int, to: str, service=Depends(get_notifications)):
        job = partial(service.send_order_confirmation, order_id, to=to)
        return JSONResponse({"accepted": order_id}, 202, background=BackgroundTask(job))

    app = FastAPI()
    app.include_router(router)
    return app
