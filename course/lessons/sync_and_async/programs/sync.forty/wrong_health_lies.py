# gets: health-changed
# breaks: health
def build_orders(push, push_async):
    app = FastAPI()

    async def health(request):
        from starlette.responses import JSONResponse

        return JSONResponse("ok")

    app.add_route("/health", health)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push, order_id)

    return app, 40
