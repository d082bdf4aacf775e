# %% starter
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(____, ____)
        return {"accepted": user.email}

    return app


# %% right reference
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email, user.email)
        return {"accepted": user.email}

    return app


# %% right dependency
from typing import Annotated

from fastapi import Depends


def build_register(send_welcome_email):
    def welcome(user: User, tasks: BackgroundTasks) -> User:
        def job():
            send_welcome_email(to=user.email)

        tasks.add_task(job)
        return user

    app = FastAPI()

    @app.post("/register", status_code=202)
    def register(user: Annotated[User, Depends(welcome)]):
        return user

    return app


# %% right on_the_response
from starlette.background import BackgroundTask


def build_register(mailer):
    async def register(user: User):
        return JSONResponse({"accepted": user.email}, 202, background=BackgroundTask(mailer, user.email))

    app = FastAPI()
    app.add_api_route("/register", register, methods=["POST"])
    return app


# %% right route_class
from fastapi.routing import APIRoute


def build_register(send_welcome_email):
    app = FastAPI()

    class Mailing(APIRoute):
        def get_route_handler(self):
            handler = super().get_route_handler()

            async def mailing(request):
                response = await handler(request)
                response.background = BackgroundTask(send_welcome_email, (await request.json())["email"])
                return response

            return mailing

    app.router.route_class = Mailing

    @app.post("/register", status_code=202)
    def register(user: User):
        return {"accepted": user.email}

    return app


# %% right keyword_to
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email, to=user.email)
        return {"accepted": user.email}

    return app


# %% right polling_thread
import threading, time
from contextlib import asynccontextmanager, suppress


def build_register(send_welcome_email) -> FastAPI:
    waiting = []
    ended = threading.Event()

    def work():
        while True:
            while waiting:
                with suppress(Exception):
                    send_welcome_email(waiting.pop(0))
            if ended.is_set():
                return
            time.sleep(0.4)

    @asynccontextmanager
    async def lifespan(app):
        thread = threading.Thread(target=work)
        thread.start()
        yield
        ended.set()
        await asyncio.to_thread(thread.join)

    app = FastAPI(lifespan=lifespan)

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(waiting.append, user.email)
        return {"accepted": user.email}

    return app


# %% right queue_worker
import asyncio
from contextlib import asynccontextmanager
from starlette.concurrency import run_in_threadpool


def build_register(send_welcome_email) -> FastAPI:
    failed = []

    @asynccontextmanager
    async def lifespan(app):
        queue = app.state.queue = asyncio.Queue()

        async def work():
            while (address := await queue.get()) is not None:
                try:
                    await run_in_threadpool(send_welcome_email, address)
                except Exception as error:
                    failed.append((address, error))

        worker = asyncio.create_task(work())
        yield
        await queue.put(None)
        await worker

    app = FastAPI(lifespan=lifespan)

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(app.state.queue.put, user.email)
        return {"accepted": user.email}

    return app


# %% wrong called gets called-not-passed
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email(user.email))
        return {"accepted": user.email}

    return app


# %% wrong called_and_passed_address gets called-not-passed
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email(user.email), user.email)
        return {"accepted": user.email}

    return app


# %% wrong status gets engine.wrong-status breaks answers
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=200)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email, user.email)
        return {"accepted": user.email}

    return app


# %% wrong inline gets inline breaks after
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        send_welcome_email(user.email)
        return {"accepted": user.email}

    return app


# %% wrong inline_and_added gets inline
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        send_welcome_email(user.email)
        tasks.add_task(send_welcome_email, user.email)
        return {"accepted": user.email}

    return app


# %% wrong dependency_function gets inline
from fastapi import Depends


def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    def mailed(user: User):
        yield
        send_welcome_email(user.email)

    @app.post("/register", status_code=202)
    def register(user: User, _: None = Depends(mailed, scope="function")):
        return {"accepted": user.email}

    return app


# %% wrong middleware gets inline
from starlette.concurrency import run_in_threadpool


def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.middleware("http")
    async def mail(request, call_next):
        response = await call_next(request)
        await run_in_threadpool(send_welcome_email, "ada@example.com")
        return response

    @app.post("/register", status_code=202)
    async def register(user: User):
        return {"accepted": user.email}

    return app


# %% wrong never_added gets never-sent
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        print
        return {"accepted": user.email}

    return app


# %% wrong own_object gets never-sent
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        BackgroundTasks().add_task(send_welcome_email, user.email)
        return {"accepted": user.email}

    return app


# %% wrong only_first gets never-sent
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()
    sent = []

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        if not sent:
            sent.append(user)
            tasks.add_task(send_welcome_email, user.email)
        return {"accepted": user.email}

    return app


# %% wrong thread gets side-by-side
import threading


def build_register(send_welcome_email):
    app = FastAPI()

    @app.post("/register", status_code=202)
    def register(user: User):
        thread = threading.Thread(target=send_welcome_email, args=(user.email,))
        thread.start()
        thread.join(0.2)
        return {"accepted": user.email}

    return app


# %% wrong no_address gets task-failed
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email)
        return {"accepted": user.email}

    return app


# %% wrong twice gets twice breaks once
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email, user.email)
        tasks.add_task(send_welcome_email, user.email)
        return {"accepted": user.email}

    return app


# %% wrong fixed_address gets of-an-earlier-user
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email, "ada@example.com")
        return {"accepted": user.email}

    return app


# %% wrong tuple_of_arguments gets wrong-arguments
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email, (user.email,))
        return {"accepted": user.email}

    return app


# %% wrong whole_user gets wrong-arguments
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email, user)
        return {"accepted": user.email}

    return app


# %% wrong first_address gets of-an-earlier-user breaks address
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()
    latest = {}

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email, latest.setdefault("user", user).email)
        return {"accepted": user.email}

    return app


# %% wrong lower gets wrong-arguments breaks address
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email, user.email.lower())
        return {"accepted": user.email}

    return app


# %% wrong last_address gets mixed-up breaks once
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()
    latest = {}

    def send():
        send_welcome_email(latest["user"].email)

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        latest["user"] = user
        tasks.add_task(send)
        return {"accepted": user.email}

    return app


# %% wrong knows_the_address gets not-again breaks once
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()
    known = set()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        if user.email not in known:
            known.add(user.email)
            tasks.add_task(send_welcome_email, user.email)
        return {"accepted": user.email}

    return app


# %% wrong set_of_addresses gets twice breaks once
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()
    pending = set()

    def send_all():
        todo = list(pending)
        for address in todo:
            send_welcome_email(address)
        pending.difference_update(todo)

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        pending.add(user.email)
        tasks.add_task(send_all)
        return {"accepted": user.email}

    return app


# %% wrong one_mail_for_both gets left-out breaks once
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()
    pending = set()

    def send_next():
        if pending:
            send_welcome_email(pending.pop())

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        pending.add(user.email)
        tasks.add_task(send_next)
        return {"accepted": user.email}

    return app


# %% right plain_asgi
class Around:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        await self.app(scope, receive, send)


def build_register(send_welcome_email):
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email, user.email)
        return {"accepted": user.email}

    return Around(app)


# %% wrong create_task gets side-by-side breaks after
import asyncio

from starlette.concurrency import run_in_threadpool


def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()
    running = set()

    @app.post("/register", status_code=202)
    async def register(user: User):
        task = asyncio.create_task(run_in_threadpool(send_welcome_email, user.email))
        running.add(task)
        task.add_done_callback(running.discard)
        return {"accepted": user.email}

    return app


# %% wrong call_soon gets side-by-side
import asyncio


def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User):
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.run_in_executor, None, send_welcome_email, user.email)
        return {"accepted": user.email}

    return app


# %% wrong strip gets wrong-arguments breaks address
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email, user.email.strip())
        return {"accepted": user.email}

    return app


# %% wrong with_and_without_the_plus gets twice
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email, user.email)
        if "+" in user.email:
            tasks.add_task(send_welcome_email, user.email.replace("+", ""))
        return {"accepted": user.email}

    return app


# %% wrong three_times gets sent-again breaks once
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    def send(address):
        for _ in range(3):
            try:
                return send_welcome_email(address)
            except Exception as error:
                failure = error
        raise failure

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send, user.email)
        return {"accepted": user.email}

    return app


# %% wrong skips_while_one_is_under_way gets left-out
import threading


def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()
    under_way = threading.Lock()

    def send(address):
        if under_way.acquire(blocking=False):
            try:
                send_welcome_email(address)
            finally:
                under_way.release()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send, user.email)
        return {"accepted": user.email}

    return app


# %% wrong global_mailer gets mailer-of-another
mailer = None


def send(address):
    mailer(address)


def build_register(send_welcome_email) -> FastAPI:
    global mailer
    mailer = send_welcome_email
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send, user.email)
        return {"accepted": user.email}

    return app


# %% wrong thread_ends_with_the_first_failure gets stops breaks once
import threading, time, queue
from contextlib import asynccontextmanager


def build_register(send_welcome_email) -> FastAPI:
    waiting = []
    ended = threading.Event()

    def work():
        while True:
            while waiting:
                send_welcome_email(waiting.pop(0))
            if ended.is_set():
                return
            time.sleep(0.4)

    @asynccontextmanager
    async def lifespan(app):
        thread = threading.Thread(target=work)
        thread.start()
        yield
        ended.set()
        await asyncio.to_thread(thread.join)

    app = FastAPI(lifespan=lifespan)

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(waiting.append, user.email)
        return {"accepted": user.email}

    return app


# %% wrong worker_ends_with_the_first_failure gets stops
import asyncio
from contextlib import asynccontextmanager
from starlette.concurrency import run_in_threadpool


def build_register(send_welcome_email) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        queue = app.state.queue = asyncio.Queue()

        async def work():
            while (address := await queue.get()) is not None:
                await run_in_threadpool(send_welcome_email, address)

        worker = asyncio.create_task(work())
        yield
        await queue.put(None)
        await worker

    app = FastAPI(lifespan=lifespan)

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(app.state.queue.put, user.email)
        return {"accepted": user.email}

    return app


# %% right lazy_thread
import threading
import queue


def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()
    waiting = queue.SimpleQueue()

    def worker():
        while True:
            address = waiting.get()
            try:
                send_welcome_email(address)
            except Exception:
                pass

    thread = threading.Thread(target=worker, daemon=True)

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        if thread.ident is None:
            thread.start()
        tasks.add_task(waiting.put, user.email)
        return {"accepted": user.email}

    return app


# %% right lazy_polling_thread
import threading, time


def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()
    waiting = []
    thread = None

    def worker():
        while True:
            while waiting:
                try:
                    send_welcome_email(waiting.pop(0))
                except Exception:
                    pass
            time.sleep(0.05)

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        nonlocal thread
        if thread is None:
            thread = threading.Thread(target=worker, daemon=True)
            thread.start()
        tasks.add_task(waiting.append, user.email)
        return {"accepted": user.email}

    return app


# %% wrong after_call_next gets inline breaks after
from fastapi import Request
from starlette.concurrency import run_in_threadpool


def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.middleware("http")
    async def welcome(request: Request, call_next):
        response = await call_next(request)
        try:
            await run_in_threadpool(send_welcome_email, request.state.to)
        except OSError as error:
            print("no welcome:", error)
        return response

    @app.post("/register", status_code=202)
    async def register(user: User, request: Request):
        request.state.to = user.email
        return {"accepted": user.email}

    return app


# %% wrong one_response gets of-an-earlier-user breaks address
from fastapi.responses import JSONResponse


def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()
    accepted = JSONResponse({"accepted": True}, 202)

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email, user.email)
        return accepted

    return app


# %% wrong gives_up_after_two_failures gets stops breaks once
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()
    failures = []

    def welcome(to: str) -> None:
        if len(failures) >= 2:
            return
        try:
            send_welcome_email(to)
            failures.clear()
        except Exception as error:
            failures.append(error)
            raise

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(welcome, user.email)
        return {"accepted": user.email}

    return app


# %% wrong sends_again_after_a_timeout gets sent-again breaks once
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    def welcome(to: str) -> None:
        try:
            send_welcome_email(to)
        except TimeoutError:
            send_welcome_email(to)

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(welcome, user.email)
        return {"accepted": user.email}

    return app


# %% wrong loses_the_rest_of_the_batch gets lost-with-another breaks once
import threading


def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()
    waiting = []
    one_at_a_time = threading.Lock()

    def send_waiting() -> None:
        with one_at_a_time:
            batch = waiting.copy()
            del waiting[: len(batch)]
            for to in batch:
                send_welcome_email(to)

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        waiting.append(user.email)
        tasks.add_task(send_waiting)
        return {"accepted": user.email}

    return app


# %% wrong drops_when_busy gets lost-with-another breaks once
import threading


def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()
    places = threading.Semaphore(3)

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        def job():
            if places.acquire(blocking=False):
                try:
                    send_welcome_email(user.email)
                except Exception:
                    pass
                finally:
                    places.release()

        tasks.add_task(job)
        return {"accepted": user.email}

    return app
