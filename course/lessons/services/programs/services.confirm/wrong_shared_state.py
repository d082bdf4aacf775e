# gets: mixed-up
# breaks: own
import time


def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()
    current = {}

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        current.update(order_id=order_id, to=to)
        tasks.add_task(lambda: notifications.send_order_confirmation(**current))
        return {"accepted": order_id}

    return app
