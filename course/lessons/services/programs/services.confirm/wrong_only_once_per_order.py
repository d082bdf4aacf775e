# gets: not-again
# breaks: after
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()
    done = set()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        if to not in done:
            done.add(to)
            tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app
