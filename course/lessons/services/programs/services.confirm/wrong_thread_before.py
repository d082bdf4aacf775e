# gets: inline
# breaks: after
import threading


def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(order_id: int, to: str, notifications: Annotated[object, Depends(get_notifications)]):
        threading.Thread(target=notifications.send_order_confirmation, args=(order_id, to)).start()
        return {"accepted": order_id}

    return app
