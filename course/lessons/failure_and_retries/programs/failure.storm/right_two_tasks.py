def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    def again(function, *args):
        for _ in range(10):
            try:
                function(*args)
                return True
            except ConnectionError:
                time.sleep(0.005)
            except Declined:
                break
        return False

    @app.post("/orders", status_code=202)
    def order(order: Order, tasks: BackgroundTasks):
        paid = []
        tasks.add_task(lambda: paid.append(again(bank.charge, "key-" + order.id, order.id)))
        tasks.add_task(lambda: again(post.send, order.id) if paid[0] else dead(order.id))

    return app
