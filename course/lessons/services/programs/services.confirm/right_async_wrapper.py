import asyncio


def build_orders(get_notifications):
    app = FastAPI()

    @app.post("/orders/{number}/confirm", status_code=202)
    async def confirm(
        number: int, to: str, service: Annotated[object, Depends(get_notifications)], tasks: BackgroundTasks
    ):
        async def job():
            await asyncio.to_thread(service.send_order_confirmation, to=to, order_id=number)

        tasks.add_task(job)
        return {"accepted": number}

    return app
