def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(order_id: int, to: str, notifications: Annotated[object, ____], tasks: BackgroundTasks):
        tasks.add_task(____, order_id=____, to=____)
        return {"accepted": order_id}

    return app
