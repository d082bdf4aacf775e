def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    def sender(order_id: int, to: str, notifications: Annotated[object, Depends(get_notifications)]):
        yield
        notifications.send_order_confirmation(order_id=order_id, to=to)

    @app.post("/orders/{order_id}/confirm", status_code=202, dependencies=[Depends(sender)])
    def confirm(order_id: int):
        return {"accepted": order_id}

    return app
