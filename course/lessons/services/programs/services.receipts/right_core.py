from sqlalchemy import insert


def build_receipt_shop(sessions, send_receipt):
    app = FastAPI()

    def engine():
        return sessions.kw["bind"]

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks, bind=Depends(engine)):
        with bind.begin() as connection:
            (number,) = connection.execute(insert(Order).values(customer=new.email)).inserted_primary_key
        tasks.add_task(send_receipt, new.email, number)
        return {"id": number}

    return app
