# %% starter
def build_shipping(functions) -> TaskManager:
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"], ["authorise"])
    manager.add_task("invoice", functions["invoice"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return ____


# %% right reference
def build_shipping(functions) -> TaskManager:
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager


# %% right decorated
from course.tasks import is_async


def build_shipping(functions):
    manager = TaskManager()

    async def call(name):
        function = functions[name]
        return await function() if is_async(function) else await asyncio.to_thread(function)

    @manager.task
    async def authorise():
        return await call("authorise")

    @manager.task(depends_on=["authorise"])
    async def invoice(authorise):
        return await call("invoice")

    @manager.task
    async def reserve():
        return await call("reserve")

    @manager.task(depends_on=["reserve"])
    async def pack(reserve):
        return await call("pack")

    return manager


# %% right loop
import inspect

from starlette.concurrency import run_in_threadpool


def build_shipping(functions):
    needs = {"pack": ["reserve"], "invoice": ["authorise"], "reserve": [], "authorise": []}
    manager = TaskManager()
    for name, wanted in reversed(needs.items()):
        manager.task(name=name, depends_on=wanted)(guarded_free(functions[name]))
    return manager


def guarded_free(function):
    async def step(*results):
        result = await run_in_threadpool(function)
        return await result if inspect.isawaitable(result) else result

    return step


# %% right partials
from functools import partial


def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("authorise", partial(functions["authorise"]))
    manager.add_task("reserve", partial(functions["reserve"]))
    manager.add_task("invoice", partial(functions["invoice"], "a4"), ["authorise"])
    manager.add_task("pack", partial(functions["pack"], "box"), ["reserve"])
    return manager


# %% right order
def build_shipping(functions) -> TaskManager:
    manager = TaskManager()
    manager.add_task("pack", functions["pack"], ["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    return manager


# %% right subclass
class Shipping(TaskManager):
    """Ours."""


def build_shipping(functions):
    m = Shipping(max_concurrency=2)
    m.add_task("authorise", functions["authorise"], dependencies=[])
    m.add_task("invoice", functions["invoice"], dependencies=["authorise"])
    m.add_task("reserve", functions["reserve"], dependencies=[])
    m.add_task("pack", functions["pack"], dependencies=["reserve"])
    m.resolve_dependencies()
    return m


# %% wrong coroutine gets engine.returned-coroutine breaks tasks
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager.run()


# %% wrong ran gets engine.returned-coroutine
def build_shipping(functions) -> TaskManager:
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager.run()


# %% wrong unknown gets graph-refused
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorize"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager


# %% wrong order gets not-a-manager
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager.resolve_dependencies()


# %% wrong class gets not-a-manager
def build_shipping(functions) -> TaskManager:
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return TaskManager


# %% wrong edge_removed_only gets ran-anyway breaks invoice
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager


# %% wrong no_edges gets ran-anyway
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"])
    manager.add_task("pack", functions["pack"])
    return manager


# %% wrong turned_round gets ran-anyway
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("invoice", functions["invoice"])
    manager.add_task("authorise", functions["authorise"], ["invoice"])
    manager.add_task("pack", functions["pack"])
    manager.add_task("reserve", functions["reserve"], ["pack"])
    return manager


# %% wrong as_given gets skipped-too-much
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"], ["authorise"])
    manager.add_task("invoice", functions["invoice"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager


# %% wrong chain gets skipped-too-much
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"], ["authorise"])
    manager.add_task("invoice", functions["invoice"], ["reserve"])
    manager.add_task("pack", functions["pack"], ["invoice"])
    return manager


# %% wrong edge_added_only gets skipped-too-much breaks free
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"], ["authorise"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager


# %% wrong invoice_reserve gets skipped-too-much breaks invoice
def build_shipping(functions) -> TaskManager:
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorise", "reserve"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager


# %% wrong pack_invoice gets skipped-too-much breaks pack
def build_shipping(functions) -> TaskManager:
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["pack"], ["reserve", "invoice"])
    return manager


# %% wrong pack_only_invoice gets skipped-too-much
def build_shipping(functions) -> TaskManager:
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["pack"], ["invoice"])
    return manager


# %% wrong forgotten gets task-missing
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    return manager


# %% wrong renamed gets task-missing
def build_shipping(functions) -> TaskManager:
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("bill", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager


# %% wrong guarded gets failure-hidden
def build_shipping(functions) -> TaskManager:
    manager = TaskManager()
    manager.add_task("authorise", guarded(functions["authorise"]))
    manager.add_task("reserve", guarded(functions["reserve"]))
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager


# %% wrong swallows gets failure-hidden breaks failures
def build_shipping(functions) -> TaskManager:
    def quiet(f):
        async def run(*args):
            try:
                value = f(*args)
                return await value if asyncio.iscoroutine(value) else value
            except Exception:
                return None

        return run

    manager = TaskManager()
    manager.add_task("authorise", quiet(functions["authorise"]))
    manager.add_task("reserve", quiet(functions["reserve"]))
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager


# %% wrong looks_into_the_result gets task-failed
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("authorise", lambda: functions["authorise"]())
    manager.add_task("reserve", lambda: functions["reserve"]())
    manager.add_task("invoice", lambda authorise: functions["invoice"](authorise["id"]), ["authorise"])
    manager.add_task("pack", lambda reserve: functions["pack"](), ["reserve"])
    return manager


# %% wrong extra gets task-too-many breaks tasks
def build_shipping(functions) -> TaskManager:
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    manager.add_task("report", lambda: None)
    return manager


# %% wrong swapped gets wrong-function breaks tasks
def build_shipping(functions) -> TaskManager:
    manager = TaskManager()
    manager.add_task("authorise", functions["reserve"])
    manager.add_task("reserve", functions["authorise"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager


# %% wrong one_type_swallowed gets failure-unseen breaks failures
def build_shipping(functions):
    def pack(reserve):
        try:
            return functions["pack"](reserve)
        except ConnectionError:
            return None

    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", pack, ["reserve"])
    return manager


# %% wrong key_error_swallowed gets failure-hidden breaks failures
def build_shipping(functions) -> TaskManager:
    manager = TaskManager()

    def soft(name):
        function = functions[name]

        def run(*args):
            try:
                return function(*args)
            except KeyError:
                return None

        run.__name__ = name
        return run

    manager.add_task("authorise", soft("authorise"))
    manager.add_task("reserve", soft("reserve"))
    manager.add_task("invoice", soft("invoice"), ["authorise"])
    manager.add_task("pack", soft("pack"), ["reserve"])
    return manager


# %% right async_functions
from starlette.concurrency import run_in_threadpool


def build_shipping(functions) -> TaskManager:
    manager = TaskManager()

    def soft(name):
        async def run(*_):
            if asyncio.iscoroutinefunction(functions[name]):
                return await functions[name]()
            return await run_in_threadpool(functions[name])

        return run

    manager.add_task("authorise", soft("authorise"))
    manager.add_task("reserve", soft("reserve"))
    manager.add_task("invoice", soft("invoice"), ["authorise"])
    manager.add_task("pack", soft("pack"), ["reserve"])
    return manager


# %% wrong one_function_twice gets function-unused breaks tasks
from course.tasks import TaskManager


def build_shipping(functions) -> TaskManager:
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["reserve"], ["reserve"])
    return manager


# %% wrong ends_swapped gets function-unused breaks tasks
from course.tasks import TaskManager


def build_shipping(functions) -> TaskManager:
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["pack"], ["authorise"])
    manager.add_task("pack", functions["invoice"], ["reserve"])
    return manager


# %% wrong one_manager gets function-unused
from course.tasks import TaskManager

manager = TaskManager()


def build_shipping(functions) -> TaskManager:
    global manager
    try:
        for name, needs in {
            "authorise": [],
            "reserve": [],
            "invoice": ["authorise"],
            "pack": ["reserve"],
        }.items():
            manager.add_task(name, functions[name], needs)
    except Exception:
        pass
    return manager


# %% wrong tries_again gets called-again breaks failures
from course.tasks import TaskManager
import functools, inspect


def build_shipping(functions) -> TaskManager:
    manager = TaskManager()

    def again(f):
        if inspect.iscoroutinefunction(f):

            @functools.wraps(f)
            async def run(*a, **k):
                try:
                    return await f(*a, **k)
                except Exception:
                    return await f(*a, **k)
        else:

            @functools.wraps(f)
            def run(*a, **k):
                try:
                    return f(*a, **k)
                except Exception:
                    return f(*a, **k)

        return run

    for name, needs in {
        "authorise": [],
        "reserve": [],
        "invoice": ["authorise"],
        "pack": ["reserve"],
    }.items():
        manager.add_task(name, again(functions[name]), needs)
    return manager


# %% wrong one_edge_missing gets ran-anyway breaks invoice
def build_shipping(functions) -> TaskManager:
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager


# %% wrong guarded_leaf gets failure-unseen breaks failures
from course.tasks import guarded


def build_shipping(functions) -> TaskManager:
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", guarded(functions["pack"]), ["reserve"])
    return manager


# %% wrong lambdas gets task-failed breaks tasks
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("authorise", lambda: functions["authorise"]())
    manager.add_task("reserve", lambda: functions["reserve"]())
    manager.add_task("invoice", lambda authorise: functions["invoice"](), ["authorise"])
    manager.add_task("pack", lambda reserve: functions["pack"](), ["reserve"])
    return manager


# %% wrong not_awaited gets not-awaited breaks failures
import functools
import inspect


def build_shipping(functions):
    def plain(function):
        @functools.wraps(function)
        def task(*results, **named):
            result = function(*results, **named)
            if inspect.iscoroutine(result):
                result.close()
                return None
            return result

        return task

    manager = TaskManager()
    for name, needs in {
        "authorise": [],
        "reserve": [],
        "invoice": ["authorise"],
        "pack": ["reserve"],
    }.items():
        manager.add_task(name, plain(functions[name]), needs)
    return manager


# %% wrong one_at_a_time gets one-chain-waits breaks free
def build_shipping(functions) -> TaskManager:
    manager = TaskManager(max_concurrency=1)
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager


# %% wrong calls_on_the_loop gets one-chain-waits breaks free
from course.tasks import is_async


def build_shipping(functions):
    manager = TaskManager()

    def call(name):
        async def task():
            result = functions[name]()
            return await result if is_async(functions[name]) else result

        return task

    manager.add_task("authorise", call("authorise"))
    manager.add_task("reserve", call("reserve"))

    async def invoice(authorise):
        return await call("invoice")()

    async def pack(reserve):
        return await call("pack")()

    manager.add_task("invoice", invoice, ["authorise"])
    manager.add_task("pack", pack, ["reserve"])
    return manager


# %% wrong one_thread gets one-chain-waits breaks free
def build_shipping(functions) -> TaskManager:
    manager = TaskManager(max_threads=1)
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    return manager


# %% wrong async_swallowed gets failure-unseen breaks failures
from course.tasks import is_async


def build_shipping(functions) -> TaskManager:
    def quiet(function):
        if not is_async(function):
            return function

        async def task(*results):
            try:
                return await function(*results)
            except Exception:
                return None

        return task

    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", quiet(functions["invoice"]), ["authorise"])
    manager.add_task("pack", quiet(functions["pack"]), ["reserve"])
    return manager
