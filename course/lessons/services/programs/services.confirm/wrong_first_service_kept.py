# gets: kept-service
# breaks: provided
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()
    kept = []

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        kept.append(notifications)
        tasks.add_task(kept[0].send_order_confirmation, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app
