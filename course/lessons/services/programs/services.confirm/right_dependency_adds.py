def build_orders(get_notifications):
    def confirmation(order_id: int, to: str, tasks: BackgroundTasks, service=Depends(get_notifications)):
        tasks.add_task(lambda: service.send_order_confirmation(order_id, to))

    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202, dependencies=[Depends(confirmation)])
    def confirm(order_id: int):
        return {"accepted": order_id}

    return app
