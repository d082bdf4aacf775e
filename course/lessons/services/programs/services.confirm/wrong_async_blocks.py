# gets: on-the-loop
# breaks: free
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        async def send():
            notifications.send_order_confirmation(order_id, to)

        tasks.add_task(send)
        return {"accepted": order_id}

    return app
