# gets: shared-service
# breaks: provided
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()
    notifications = get_notifications()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(order_id: int, to: str, tasks: BackgroundTasks):
        tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app
