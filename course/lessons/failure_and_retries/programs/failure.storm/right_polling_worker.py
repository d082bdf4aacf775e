from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined) -> FastAPI:
    waiting, ended = [], threading.Event()

    def again(f, *args):
        while True:
            try:
                return f(*args)
            except ConnectionError:
                time.sleep(0.005)

    def run():
        while not ended.wait(0.3) or waiting:
            while waiting:
                order_id = waiting.pop(0)
                try:
                    again(bank.charge, order_id, order_id)
                except Declined:
                    dead(order_id)
                else:
                    again(post.send, order_id)

    @asynccontextmanager
    async def lifespan(app):
        thread = threading.Thread(target=run)
        thread.start()
        yield
        ended.set()
        await asyncio.to_thread(thread.join)

    app = FastAPI(lifespan=lifespan)

    async def work(order_id):
        waiting.append(order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(work, order.id)

    return app
