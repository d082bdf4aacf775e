# gets: wrong-reply
# breaks: answer
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to)
        return {"accepted": True}

    return app
