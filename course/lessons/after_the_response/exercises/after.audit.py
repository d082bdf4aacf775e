# %% starter
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        return ____

    return app


# %% right reference
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            tasks.add_task(write_audit, "refused", order.amount)
            return JSONResponse({"detail": "the amount must be positive"}, status_code=400)
        tasks.add_task(write_audit, "accepted", order.amount)
        return {"accepted": order.amount}

    return app


# %% right exception_handler
class Order(BaseModel):
    amount: int


from fastapi import Request
from starlette.background import BackgroundTask


class Refused(Exception):
    def __init__(self, amount):
        self.amount = amount


def build_orders(write_audit):
    app = FastAPI()

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused):
        task = BackgroundTask(write_audit, "refused", error.amount)
        return JSONResponse({"detail": "no"}, 400, background=task)

    @app.post("/orders", status_code=202)
    def order(order: Order, tasks: BackgroundTasks):
        if order.amount < 1:
            raise Refused(order.amount)
        tasks.add_task(write_audit, "accepted", order.amount)

    return app


# %% right handler_keeps_tasks
from fastapi import Request


def build_orders(write_audit):
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    @app.exception_handler(HTTPException)
    async def refused(request, error):
        return JSONResponse({"detail": error.detail}, error.status_code, background=request.state.tasks)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks, request: Request):
        request.state.tasks = tasks
        verdict = "accepted" if order.amount > 0 else "refused"
        tasks.add_task(write_audit, verdict, order.amount)
        if verdict == "refused":
            raise HTTPException(400, "how many?")

    return app


# %% right status_on_the_response
class Order(BaseModel):
    amount: int


from fastapi import Response


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders")
    def order(order: Order, response: Response, tasks: BackgroundTasks):
        good = order.amount > 0
        response.status_code = 202 if good else 400
        verdict = "accepted" if good else "refused"
        tasks.add_task(lambda: write_audit(verdict, order.amount))
        return {"verdict": verdict}

    return app


# %% right yield_dependency
from fastapi import Depends, Response


def build_orders(write_audit):
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    def audited(order: Order):
        verdict = "refused"
        if order.amount > 0:
            verdict = "accepted"
        yield verdict
        write_audit(verdict, order.amount)

    @app.post("/orders")
    def order(response: Response, verdict: str = Depends(audited)):
        response.status_code = 202 if verdict == "accepted" else 400

    return app


# %% wrong accepted_in_request gets before-response
class Order(BaseModel):
    amount: int


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            tasks.add_task(write_audit, "refused", order.amount)
            return JSONResponse({}, 400)
        write_audit("accepted", order.amount)
        return {"accepted": order.amount}

    return app


# %% wrong called gets before-response
class Order(BaseModel):
    amount: int


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            tasks.add_task(write_audit, "refused", order.amount)
            return JSONResponse({}, 400)
        tasks.add_task(write_audit("accepted", order.amount))
        return {"accepted": order.amount}

    return app


# %% wrong in_request gets before-response
class Order(BaseModel):
    amount: int


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            write_audit("refused", order.amount)
            raise HTTPException(400, "no")
        tasks.add_task(write_audit, "accepted", order.amount)
        return {"accepted": order.amount}

    return app


# %% wrong all_202 gets engine.wrong-status
class Order(BaseModel):
    amount: int


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            tasks.add_task(write_audit, "refused", order.amount)
            return {"refused": True}
        tasks.add_task(write_audit, "accepted", order.amount)
        return {"accepted": order.amount}

    return app


# %% wrong accepted_not_audited gets not-audited
class Order(BaseModel):
    amount: int


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            tasks.add_task(write_audit, "refused", order.amount)
            return JSONResponse({}, 400)
        pass
        return {"accepted": order.amount}

    return app


# %% wrong only_accepted gets refused-not-audited
class Order(BaseModel):
    amount: int


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            raise HTTPException(400, "no")
        tasks.add_task(write_audit, "accepted", order.amount)
        return {"accepted": order.amount}

    return app


# %% wrong raises gets refused-not-audited
class Order(BaseModel):
    amount: int


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            tasks.add_task(write_audit, "refused", order.amount)
            raise HTTPException(400, "no")
        tasks.add_task(write_audit, "accepted", order.amount)
        return {"accepted": order.amount}

    return app


# %% wrong arguments_missing gets task-failed
class Order(BaseModel):
    amount: int


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            tasks.add_task(write_audit, "refused", order.amount)
            return JSONResponse({}, 400)
        tasks.add_task(write_audit, "accepted")
        return {"accepted": order.amount}

    return app


# %% wrong always_accepted_entry gets wrong-entry
class Order(BaseModel):
    amount: int


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            tasks.add_task(write_audit, "accepted", order.amount)
            return JSONResponse({}, 400)
        tasks.add_task(write_audit, "accepted", order.amount)
        return {"accepted": order.amount}

    return app


# %% wrong twice gets wrong-entry
class Order(BaseModel):
    amount: int


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            tasks.add_task(write_audit, "refused", order.amount)
            return JSONResponse({}, 400)
        tasks.add_task(write_audit, "accepted", order.amount)
        tasks.add_task(write_audit, "accepted", order.amount)
        return {"accepted": order.amount}

    return app
