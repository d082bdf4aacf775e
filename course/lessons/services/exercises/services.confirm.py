# %% starter
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(order_id: int, to: str, notifications: Annotated[object, ____], tasks: BackgroundTasks):
        tasks.add_task(____, order_id=____, to=____)
        return {"accepted": order_id}

    return app


# %% right reference
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app


# %% right async_wrapper
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


# %% right courier
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


# %% right dependency_adds
def build_orders(get_notifications):
    def confirmation(order_id: int, to: str, tasks: BackgroundTasks, service=Depends(get_notifications)):
        tasks.add_task(lambda: service.send_order_confirmation(order_id, to))

    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202, dependencies=[Depends(confirmation)])
    def confirm(order_id: int):
        return {"accepted": order_id}

    return app


# %% right on_the_response
from functools import partial

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask


def build_orders(get_notifications):
    router = APIRouter(prefix="/orders")

    @router.post("/{order_id}/confirm")
    async def confirm(order_id: int, to: str, service=Depends(get_notifications)):
        job = partial(service.send_order_confirmation, order_id, to=to)
        return JSONResponse({"accepted": order_id}, 202, background=BackgroundTask(job))

    app = FastAPI()
    app.include_router(router)
    return app


# %% right positional
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int, to: str, tasks: BackgroundTasks, notifications: object = Depends(get_notifications)
    ):
        tasks.add_task(notifications.send_order_confirmation, order_id, to)
        return {"accepted": order_id}

    return app


# %% right after_the_yield
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    def sender(order_id: int, to: str, notifications: Annotated[object, Depends(get_notifications)]):
        yield
        notifications.send_order_confirmation(order_id=order_id, to=to)

    @app.post("/orders/{order_id}/confirm", status_code=202, dependencies=[Depends(sender)])
    def confirm(order_id: int):
        return {"accepted": order_id}

    return app


# %% right queue_and_worker
import asyncio
import logging
from contextlib import asynccontextmanager


def build_orders(get_notifications) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        app.state.queue = asyncio.Queue()

        async def work():
            while True:
                service, order_id, to = await app.state.queue.get()
                try:
                    await asyncio.to_thread(service.send_order_confirmation, order_id, to)
                except Exception:
                    logging.exception("not confirmed: %s", order_id)
                app.state.queue.task_done()

        worker = asyncio.create_task(work())
        yield
        await app.state.queue.join()
        worker.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders/{order_id}/confirm", status_code=202)
    async def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(app.state.queue.put_nowait, (notifications, order_id, to))
        return {"accepted": order_id}

    return app


# %% right worker_thread
import logging
import queue
import threading
from contextlib import asynccontextmanager


def build_orders(get_notifications) -> FastAPI:
    jobs = queue.Queue()

    def work():
        while (job := jobs.get()) is not None:
            service, order_id, to = job
            try:
                service.send_order_confirmation(order_id, to)
            except Exception:
                logging.exception("not confirmed: %s", order_id)

    @asynccontextmanager
    async def lifespan(app):
        worker = threading.Thread(target=work)
        worker.start()
        yield
        jobs.put(None)
        worker.join()

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(jobs.put, (notifications, order_id, to))
        return {"accepted": order_id}

    return app


# %% wrong forgot_depends gets asked-of-client
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int, to: str, notifications: Annotated[object, get_notifications], tasks: BackgroundTasks
    ):
        tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app


# %% wrong called gets called-not-passed
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(notifications.send_order_confirmation(order_id=order_id, to=to))
        return {"accepted": order_id}

    return app


# %% wrong depends_on_nothing gets engine.endpoint-raised
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(order_id: int, to: str, notifications: Annotated[object, Depends()], tasks: BackgroundTasks):
        tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app


# %% wrong depends_on_called gets engine.raised
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications())],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app


# %% wrong inline gets inline
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        notifications.send_order_confirmation(order_id=order_id, to=to)
        return {"accepted": order_id}

    return app


# %% wrong finally_inline gets inline breaks after
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    def sender(order_id: int, to: str, notifications: Annotated[object, Depends(get_notifications)]):
        yield
        notifications.send_order_confirmation(order_id, to)

    @app.post("/orders/{order_id}/confirm", status_code=202, dependencies=[Depends(sender, scope="function")])
    def confirm(order_id: int):
        return {"accepted": order_id}

    return app


# %% wrong thread_before gets inline breaks after
import threading


def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(order_id: int, to: str, notifications: Annotated[object, Depends(get_notifications)]):
        threading.Thread(target=notifications.send_order_confirmation, args=(order_id, to)).start()
        return {"accepted": order_id}

    return app


# %% wrong lambda_not_called gets never-sent
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(lambda: notifications.send_order_confirmation)
        return {"accepted": order_id}

    return app


# %% wrong own_tasks gets never-sent
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        BackgroundTasks().add_task(notifications.send_order_confirmation, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app


# %% wrong calls_provider gets not-provided
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(order_id: int, to: str, tasks: BackgroundTasks):
        notifications = get_notifications()
        tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app


# %% wrong depends_on_lambda gets not-provided
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(lambda: get_notifications())],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app


# %% wrong cached gets shared-service
from functools import lru_cache


def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(lru_cache(get_notifications))],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app


# %% wrong one_for_all gets shared-service
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()
    notifications = get_notifications()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(order_id: int, to: str, tasks: BackgroundTasks):
        tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app


# %% wrong background_not_override gets shared-service breaks provided
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()
    notifications = get_notifications()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(order_id: int, to: str, tasks: BackgroundTasks):
        tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app


# %% wrong argument_name gets task-failed
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(notifications.send_order_confirmation, order_id=order_id, email=to)
        return {"accepted": order_id}

    return app


# %% wrong no_arguments gets task-failed
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(notifications.send_order_confirmation)
        return {"accepted": order_id}

    return app


# %% wrong service_itself gets task-failed
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(notifications, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app


# %% wrong twice gets twice
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to)
        tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app


# %% wrong fixed_order gets wrong-arguments
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(notifications.send_order_confirmation, order_id=123, to=to)
        return {"accepted": order_id}

    return app


# %% wrong swapped gets wrong-arguments
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(notifications.send_order_confirmation, to, order_id)
        return {"accepted": order_id}

    return app


# %% wrong lower gets wrong-arguments breaks own
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to.lower())
        return {"accepted": order_id}

    return app


# %% wrong str gets wrong-arguments breaks own
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: str,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to)
        return {"accepted": int(order_id)}

    return app


# %% wrong reply gets wrong-reply
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to)
        return {"order": order_id}

    return app


# %% wrong accepted_true gets wrong-reply breaks answer
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to)
        return {"accepted": True}

    return app


# %% wrong status gets engine.wrong-status breaks answer
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm")
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app


# %% wrong first_service_kept gets kept-service breaks provided
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()
    kept = []

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        kept.append(notifications)
        tasks.add_task(kept[0].send_order_confirmation, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app


# %% wrong shared_state gets mixed-up breaks own
import time


def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()
    current = {}

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        current.update(order_id=order_id, to=to)
        tasks.add_task(lambda: notifications.send_order_confirmation(**current))
        return {"accepted": order_id}

    return app


# %% wrong only_once_per_order gets not-again breaks after
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()
    done = set()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        if to not in done:
            done.add(to)
            tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app


# %% wrong async_blocks gets on-the-loop breaks free
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        async def send():
            notifications.send_order_confirmation(order_id, to)

        tasks.add_task(send)
        return {"accepted": order_id}

    return app


# %% wrong one_after_the_other gets next-waits breaks free
import threading


def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()
    sending = threading.Lock()

    def send(notifications, order_id: int, to: str) -> None:
        with sending:
            notifications.send_order_confirmation(order_id, to)

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        with sending:  # do not accept what cannot be sent yet
            tasks.add_task(send, notifications, order_id, to)
        return {"accepted": order_id}

    return app


# %% wrong strips gets wrong-arguments breaks own
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to.strip())
        return {"accepted": order_id}

    return app


# %% wrong last_four_digits gets wrong-arguments breaks own
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(notifications.send_order_confirmation, order_id=order_id % 10000, to=to)
        return {"accepted": order_id}

    return app


# %% wrong nothing_for_nobody gets not-again breaks after
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        if to:
            tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app


# %% wrong one_for_each_comma gets twice breaks after
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        for one in to.split(","):
            tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=one)
        return {"accepted": order_id}

    return app


# %% wrong once_more gets tried-again breaks after
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        def send():
            try:
                notifications.send_order_confirmation(order_id=order_id, to=to)
            except Exception:
                notifications.send_order_confirmation(order_id=order_id, to=to)

        tasks.add_task(send)
        return {"accepted": order_id}

    return app


# %% wrong stops_at_a_failure gets not-after-failure breaks after
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()
    import threading

    lock = threading.Lock()
    bad = []

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        def send():
            if bad:
                return
            try:
                notifications.send_order_confirmation(order_id=order_id, to=to)
            except Exception:
                bad.append(1)
                raise

        tasks.add_task(send)
        return {"accepted": order_id}

    return app


# %% wrong two_at_once gets next-waits breaks free
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()
    import threading

    free = threading.Semaphore(2)

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        free.acquire()

        def send():
            try:
                notifications.send_order_confirmation(order_id=order_id, to=to)
            finally:
                free.release()

        tasks.add_task(send)
        return {"accepted": order_id}

    return app


# %% right response_of_its_own
from starlette.responses import JSONResponse
from starlette.concurrency import run_in_threadpool


def build_orders(get_notifications):
    app = FastAPI()

    class Then(JSONResponse):
        async def __call__(self, scope, receive, send):
            await super().__call__(scope, receive, send)
            await run_in_threadpool(self.then)

    @app.post("/orders/{order_id}/confirm")
    async def confirm(order_id: int, to: str, n: Annotated[object, Depends(get_notifications)]):
        reply = Then({"accepted": order_id}, 202)
        reply.then = lambda: n.send_order_confirmation(order_id=order_id, to=to)
        return reply

    return app


# %% right query_model
from fastapi import Query, Path, Response


def build_orders(get_notifications):
    app = FastAPI()

    class Q(BaseModel):
        to: str

    @app.post("/orders/{order_id}/confirm")
    def confirm(
        order_id: Annotated[int, Path()],
        q: Annotated[Q, Query()],
        response: Response,
        tasks: BackgroundTasks,
        n: Annotated[object, Depends(get_notifications)],
    ):
        response.status_code = 202
        tasks.add_task(n.send_order_confirmation, **q.model_dump(), order_id=order_id)
        return {"accepted": order_id}

    return app


# %% wrong looked_up_by_hand gets called-by-hand breaks provided
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(order_id: int, to: str, tasks: BackgroundTasks):
        notifications = app.dependency_overrides.get(get_notifications, get_notifications)()
        tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app


# %% wrong service_on_the_app gets service-of-another breaks provided
def build_orders(get_notifications) -> FastAPI:
    def provide(request: Request, notifications: Annotated[object, Depends(get_notifications)]):
        request.app.state.notifications = notifications

    app = FastAPI(dependencies=[Depends(provide)])

    def send(order_id, to):
        app.state.notifications.send_order_confirmation(order_id=order_id, to=to)

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(order_id: int, to: str, tasks: BackgroundTasks):
        tasks.add_task(send, order_id, to)
        return {"accepted": order_id}

    return app


# %% wrong once_more_if_the_line_is_down gets tried-again breaks after
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    def send(notifications, **what) -> None:
        for last in (False, True):
            try:
                return notifications.send_order_confirmation(**what)
            except OSError:
                if last:
                    raise

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(send, notifications, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app


# %% wrong gives_up_after_three_failures gets not-after-failure breaks after
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()
    failures = []

    def send(notifications, **what) -> None:
        if len(failures) >= 3:
            return
        try:
            notifications.send_order_confirmation(**what)
            failures.clear()
        except Exception as error:
            failures.append(error)
            raise

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(send, notifications, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app


# %% wrong loses_the_rest_of_the_batch gets lost-with-another breaks after
import threading


def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()
    waiting = []
    one_at_a_time = threading.Lock()

    def send_waiting() -> None:
        with one_at_a_time:
            batch = waiting.copy()
            del waiting[: len(batch)]
            for notifications, order_id, to in batch:
                notifications.send_order_confirmation(order_id, to)

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        waiting.append((notifications, order_id, to))
        tasks.add_task(send_waiting)
        return {"accepted": order_id}

    return app


# %% wrong key_is_a_partial gets not-provided breaks provided
from functools import partial


def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(partial(get_notifications))],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(notifications.send_order_confirmation, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app


# %% wrong places_not_given_back gets not-after-failure breaks after
import asyncio
from typing import Annotated
from fastapi import BackgroundTasks, Depends, FastAPI

from starlette.concurrency import run_in_threadpool


def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()
    places = asyncio.Semaphore(3)

    async def send(notifications, order_id, to):
        await places.acquire()
        await run_in_threadpool(notifications.send_order_confirmation, order_id=order_id, to=to)
        places.release()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    async def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(send, notifications, order_id, to)
        return {"accepted": order_id}

    return app


# %% wrong drops_when_busy gets lost-with-another breaks after
import threading


def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()
    places = threading.Semaphore(20)

    def send(notifications, order_id: int, to: str) -> None:
        if places.acquire(blocking=False):
            try:
                notifications.send_order_confirmation(order_id=order_id, to=to)
            finally:
                places.release()

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(send, notifications, order_id, to)
        return {"accepted": order_id}

    return app


# %% wrong not_twice_at_once gets again-dropped breaks after
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI


def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()
    under_way = set()

    def send(notifications, order_id: int, to: str) -> None:
        try:
            notifications.send_order_confirmation(order_id=order_id, to=to)
        finally:
            under_way.discard(order_id)

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        if order_id not in under_way:  # somebody has clicked twice
            under_way.add(order_id)
            tasks.add_task(send, notifications, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app


# %% right provided_within
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    def provide(notifications: Annotated[object, Depends(get_notifications)]):
        return notifications.send_order_confirmation

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(order_id: int, to: str, send: Annotated[object, Depends(provide)], tasks: BackgroundTasks):
        tasks.add_task(send, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app


# %% wrong once_more_after_a_lookup gets tried-again breaks after
def build_orders(get_notifications) -> FastAPI:
    app = FastAPI()

    def send(notifications, **what) -> None:
        try:
            notifications.send_order_confirmation(**what)
        except LookupError:
            notifications.send_order_confirmation(**what)

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(send, notifications, order_id=order_id, to=to)
        return {"accepted": order_id}

    return app
