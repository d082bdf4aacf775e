class Courier:
    def __init__(self, tasks: BackgroundTasks, notifications):
        self.tasks, self.notifications = tasks, notifications

    def confirm(self, *what):
        self.tasks.add_task(self.notifications.send_order_confirmation, *what)


def build_orders(provider):
    def get_courier(tasks: BackgroundTasks, notifications=Depends(provider)):
        return Courier(tasks, notifications)

    async def confirm(order_id: int, to: str, courier: Annotated[Courier, Depends(get_courier)]):
        courier.confirm(order_id, to)
        return {"accepted": order_id}

    app = FastAPI()
    app.add_api_route("/orders/{order_id}/confirm", confirm, methods=["POST"], status_code=202)
    return app
