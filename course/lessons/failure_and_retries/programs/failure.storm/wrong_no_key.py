# gets: broken
def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    @app.post("/orders", status_code=202)
    def order(order: Order, tasks: BackgroundTasks):
        tasks.add_task(bank.charge, order.id)
        tasks.add_task(post.send, order.id)

    return app
