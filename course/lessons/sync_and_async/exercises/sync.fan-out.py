# %% starter
async def notify_all(notify, customers: list[str], limit: int) -> None:
    for customer in customers:
        await notify(customer)


# %% right reference
async def notify_all(notify, customers: list[str], limit: int) -> None:
    places = asyncio.Semaphore(limit)

    async def tell(customer: str) -> None:
        async with places:
            try:
                await notify(customer)
            except Exception:
                pass  # a real program would log it

    async with asyncio.TaskGroup() as group:
        for customer in customers:
            group.create_task(tell(customer))


# %% right anyio
async def notify_all(notify, customers, limit):
    limiter = anyio.CapacityLimiter(limit)
    failures = []

    async def one(customer):
        async with limiter:
            try:
                await notify(customer)
            except Exception as error:
                failures.append(error)

    async with anyio.create_task_group() as group:
        for customer in customers:
            group.start_soon(one, customer)
    if failures:
        raise ExceptionGroup("some were not told", failures)


# %% right as_completed
async def notify_all(notify, customers, limit):
    places = asyncio.BoundedSemaphore(limit)

    async def one(customer):
        await places.acquire()
        try:
            return await notify(customer)
        finally:
            places.release()

    tasks = [asyncio.create_task(one(customer)) for customer in customers]
    problems = []
    try:
        for task in asyncio.as_completed(tasks):
            try:
                await task
            except Exception as error:
                problems.append(error)
    except asyncio.CancelledError:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
    if problems:
        raise problems[0]


# %% right gather_return_exceptions
async def notify_all(notify, customers, limit):
    semaphore = asyncio.Semaphore(limit)

    async def one(customer):
        async with semaphore:
            await notify(customer)

    await asyncio.gather(*map(one, customers), return_exceptions=True)


# %% right own_error
class NotTold(Exception):
    pass


async def notify_all(notify, customers, limit):
    failed, left = [], list(reversed(customers))

    async def worker():
        while left:
            customer = left.pop()
            try:
                await notify(customer)
            except Exception:
                failed.append(customer)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(limit, len(customers))):
            group.create_task(worker())
    if failed:
        raise NotTold(f"{len(failed)} of {len(customers)}: {failed}")


# %% right queue
async def notify_all(notify, customers, limit):
    queue = asyncio.Queue()
    for customer in customers:
        queue.put_nowait(customer)

    async def worker():
        while not queue.empty():
            try:
                await notify(queue.get_nowait())
            except Exception as error:
                print("not told:", error)

    await asyncio.gather(*(worker() for _ in range(limit)))


# %% right wait
async def notify_all(notify, customers, limit):
    waiting = list(customers)
    running = set()
    try:
        while waiting or running:
            while waiting and len(running) < limit:
                running.add(asyncio.create_task(notify(waiting.pop(0))))
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.exception()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


# %% right workers
import contextlib


async def notify_all(notify, customers: list[str], limit: int) -> None:
    waiting = iter(customers)

    async def worker():
        for customer in waiting:
            with contextlib.suppress(Exception):
                await notify(customer)

    async with asyncio.TaskGroup() as group:
        for _ in range(limit):
            group.create_task(worker())


# %% right limiter
async def notify_all(notify, customers: list[str], limit: int) -> None:
    limiter = anyio.CapacityLimiter(limit)

    async def one(c):
        async with limiter:
            try:
                await notify(c)
            except Exception:
                pass

    async with anyio.create_task_group() as g:
        for c in reversed(customers):
            g.start_soon(one, c)


# %% right polls
async def notify_all(notify, customers, limit):
    """Looks again and again whether there is a free place."""
    todo, running = list(customers), []
    try:
        while todo or running:
            while todo and len(running) < limit:
                running.append(asyncio.create_task(notify(todo.pop())))
            running = [task for task in running if not (task.done() and (task.exception() or True))]
            await asyncio.sleep(0)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


# %% right raises_group
async def notify_all(notify, customers: list[str], limit: int) -> None:
    s = asyncio.Semaphore(limit)

    async def one(c):
        async with s:
            await notify(c)

    results = await asyncio.gather(*map(one, customers), return_exceptions=True)
    errors = [r for r in results if isinstance(r, Exception)]
    if errors:
        raise ExceptionGroup("some", errors)


# %% right running_set
async def notify_all(notify, customers: list[str], limit: int) -> None:
    todo, running = list(customers), set()

    async def quiet(c):
        try:
            await notify(c)
        except Exception:
            pass

    try:
        while todo or running:
            while todo and len(running) < limit:
                running.add(asyncio.create_task(quiet(todo.pop())))
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for t in running:
            t.cancel()
        await asyncio.gather(*running, return_exceptions=True)


# %% wrong one_place_less gets below-the-limit
async def notify_all(notify, customers, limit):
    places = asyncio.Semaphore(limit - 1)

    async def one(customer):
        async with places:
            await notify(customer)

    await asyncio.gather(*map(one, customers), return_exceptions=True)


# %% wrong created_only gets forgotten
async def notify_all(notify, customers, limit):
    for customer in customers[:limit]:
        asyncio.create_task(notify(customer))
    await asyncio.sleep(100)


# %% wrong not_awaited gets forgotten
async def notify_all(notify, customers: list[str], limit: int) -> None:
    places = asyncio.Semaphore(limit)

    async def tell(customer):
        async with places:
            try:
                notify(customer)
            except Exception as error:
                print(customer, error)

    await asyncio.gather(*(tell(c) for c in customers))


# %% wrong names_once gets forgotten
async def notify_all(notify, customers: list[str], limit: int) -> None:
    s = asyncio.Semaphore(limit)

    async def one(c):
        async with s:
            await notify(c)

    await asyncio.gather(*map(one, dict.fromkeys(customers)), return_exceptions=True)


# %% wrong lots gets in-lots
async def notify_all(notify, customers, limit):
    for start in range(0, len(customers), limit):
        lot = customers[start : start + limit]
        await asyncio.gather(*map(notify, lot), return_exceptions=True)


# %% wrong group_calls_off gets not-told
async def notify_all(notify, customers, limit):
    places = asyncio.Semaphore(limit)

    async def one(customer):
        async with places:
            await notify(customer)

    async with asyncio.TaskGroup() as group:
        for customer in customers:
            group.create_task(one(customer))


# %% wrong try_around_the_group gets not-told
async def notify_all(notify, customers, limit):
    places = asyncio.Semaphore(limit)

    async def one(customer):
        async with places:
            await notify(customer)

    try:
        async with asyncio.TaskGroup() as group:
            for customer in customers:
                group.create_task(one(customer))
    except* ConnectionError:
        pass


# %% wrong workers_die gets not-told
async def notify_all(notify, customers, limit):
    waiting = list(customers)

    async def worker():
        while waiting:
            await notify(waiting.pop(0))

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(limit):
                group.create_task(worker())
    except ExceptionGroup:
        pass


# %% wrong connection_only gets not-told breaks failure
async def notify_all(notify, customers: list[str], limit: int) -> None:
    s = asyncio.Semaphore(limit)

    async def one(c):
        async with s:
            try:
                await notify(c)
            except (ConnectionError, ValueError, RuntimeError):
                pass

    async with asyncio.TaskGroup() as g:
        for c in customers:
            g.create_task(one(c))


# %% wrong worker_ends gets not-told
async def notify_all(notify, customers: list[str], limit: int) -> None:
    todo = iter(customers)

    async def work():
        for c in todo:
            await notify(c)

    await asyncio.gather(*(work() for _ in range(limit)), return_exceptions=True)


# %% wrong one_by_one gets one-by-one
async def notify_all(notify, customers, limit):
    for customer in customers:
        try:
            await notify(customer)
        except Exception:
            continue


# %% wrong semaphore_around_a_loop gets one-by-one
async def notify_all(notify, customers, limit):
    async with asyncio.Semaphore(limit):
        for customer in customers:
            try:
                await notify(customer)
            except Exception:
                pass


# %% wrong created_and_left gets orphans
async def notify_all(notify, customers, limit):
    places = asyncio.Semaphore(limit)
    done = 0

    async def one(customer):
        nonlocal done
        async with places:
            try:
                await notify(customer)
            finally:
                done += 1

    kept = [asyncio.create_task(one(customer)) for customer in customers]
    while done < len(customers) - limit:
        await asyncio.sleep(0)
    kept.clear()


# %% wrong gather gets orphans
async def notify_all(notify, customers, limit):
    places = asyncio.Semaphore(limit)

    async def one(customer):
        async with places:
            await notify(customer)

    try:
        await asyncio.gather(*map(one, customers))
    except ConnectionError:
        pass


# %% wrong two_failures gets orphans
async def notify_all(notify, customers: list[str], limit: int) -> None:
    s = asyncio.Semaphore(limit)

    async def one(c):
        async with s:
            await notify(c)

    todo = list(customers)
    tasks = [asyncio.create_task(one(c)) for c in todo]
    try:
        await asyncio.gather(*tasks)
    except Exception:
        await asyncio.gather(*(t for t in tasks if not t.done()))


# %% wrong always_three gets over-the-limit
async def notify_all(notify, customers, limit):
    places = asyncio.Semaphore(3)

    async def one(customer):
        async with places:
            await notify(customer)

    await asyncio.gather(*map(one, customers), return_exceptions=True)


# %% wrong no_limit gets over-the-limit
async def notify_all(notify, customers, limit):
    await asyncio.gather(*(notify(customer) for customer in customers), return_exceptions=True)


# %% wrong semaphore_for_each gets over-the-limit
async def notify_all(notify, customers, limit):
    async def one(customer):
        async with asyncio.Semaphore(limit):
            await notify(customer)

    await asyncio.gather(*map(one, customers), return_exceptions=True)


# %% wrong limit_ignored_for_small gets over-the-limit breaks limit
async def notify_all(notify, customers: list[str], limit: int) -> None:
    s = asyncio.Semaphore(limit if len(customers) > 5 else 5)

    async def one(c):
        async with s:
            await notify(c)

    await asyncio.gather(*map(one, customers), return_exceptions=True)


# %% wrong limit_plus_one gets over-the-limit
async def notify_all(notify, customers: list[str], limit: int) -> None:
    s = asyncio.Semaphore(limit + 1)

    async def one(c):
        async with s:
            await notify(c)

    await asyncio.gather(*map(one, customers), return_exceptions=True)


# %% wrong told_again gets told-twice breaks once
async def notify_all(notify, customers, limit):
    places = asyncio.Semaphore(limit)

    async def one(customer):
        async with places:
            await notify(customer)

    await asyncio.gather(*map(one, customers), one(customers[1]), return_exceptions=True)


# %% wrong retry gets called-again
async def notify_all(notify, customers: list[str], limit: int) -> None:
    places = asyncio.Semaphore(limit)

    async def one(customer):
        async with places:
            for _ in range(2):
                try:
                    return await notify(customer)
                except Exception:
                    pass

    await asyncio.gather(*(one(c) for c in customers))


# %% wrong empty gets engine.raised
async def notify_all(notify, customers: list[str], limit: int) -> None:
    s = asyncio.Semaphore(limit)

    async def one(c):
        async with s:
            try:
                await notify(c)
            except Exception:
                pass

    await asyncio.wait([asyncio.ensure_future(one(c)) for c in customers])


# %% wrong catches_base gets goes-on-when-cancelled breaks over
async def notify_all(notify, customers, limit):
    todo = iter(customers)

    async def worker():
        for customer in todo:
            try:
                await notify(customer)
            except BaseException:
                pass

    await asyncio.gather(*(worker() for _ in range(limit)))


# %% wrong swallows_cancel gets goes-on-when-cancelled breaks over
async def notify_all(notify, customers: list[str], limit: int) -> None:
    s = asyncio.Semaphore(limit)

    async def one(c):
        async with s:
            try:
                await notify(c)
            except BaseException:
                pass

    for_all = [asyncio.create_task(one(c)) for c in customers]
    for t in for_all:
        try:
            await t
        except BaseException:
            pass


# %% wrong as_completed gets orphans-when-cancelled
async def notify_all(notify, customers, limit):
    places = asyncio.BoundedSemaphore(limit)

    async def one(customer):
        await places.acquire()
        try:
            return await notify(customer)
        finally:
            places.release()

    problems = []
    for task in asyncio.as_completed([one(customer) for customer in customers]):
        try:
            await task
        except Exception as error:
            problems.append(error)
    if problems:
        raise problems[0]


# %% wrong orphans_on_cancel gets orphans-when-cancelled breaks over
async def notify_all(notify, customers: list[str], limit: int) -> None:
    s = asyncio.Semaphore(limit)

    async def one(c):
        async with s:
            try:
                await notify(c)
            except Exception:
                pass

    if customers:
        await asyncio.wait([asyncio.ensure_future(one(c)) for c in customers])


# %% wrong wait_leaves gets orphans-when-cancelled
async def notify_all(notify, customers, limit):
    waiting = list(customers)
    running = set()
    while waiting or running:
        while waiting and len(running) < limit:
            running.add(asyncio.create_task(notify(waiting.pop(0))))
        done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.exception()


# %% wrong place_kept gets place-kept
async def notify_all(notify, customers: list[str], limit: int) -> None:
    s = asyncio.Semaphore(limit)

    async def one(c):
        await s.acquire()
        await notify(c)
        s.release()

    await asyncio.gather(*map(one, customers), return_exceptions=True)


# %% wrong give_up_after_error gets slower-after-a-failure
async def notify_all(notify, customers: list[str], limit: int) -> None:
    failed = []
    s = asyncio.Semaphore(limit)

    async def one(c):
        try:
            await notify(c)
        except Exception as e:
            failed.append(e)

    i = 0
    running = set()
    for c in customers:
        while len(running) >= (1 if failed else limit):
            _, running = await asyncio.wait(running, return_when="FIRST_COMPLETED")
        running.add(asyncio.ensure_future(one(c)))
    if running:
        await asyncio.wait(running)


# %% wrong again_after_a_time_out gets called-again breaks failure
async def notify_all(notify, customers: list[str], limit: int) -> None:
    places = asyncio.Semaphore(limit)

    async def tell(customer: str) -> None:
        async with places:
            for _ in range(2):
                try:
                    return await notify(customer)
                except TimeoutError:
                    continue
                except Exception:
                    return None

    async with asyncio.TaskGroup() as group:
        for customer in customers:
            group.create_task(tell(customer))


# %% wrong lots_from_the_end gets in-lots breaks limit
async def notify_all(notify, customers: list[str], limit: int) -> None:
    left = list(customers)
    while left:
        lot = [left.pop() for _ in range(min(limit, len(left)))]
        await asyncio.gather(*map(notify, lot), return_exceptions=True)


# %% wrong does_not_wait_for_the_end gets orphans-when-cancelled breaks over
async def notify_all(notify, customers: list[str], limit: int) -> None:
    left, running = list(customers), set()
    try:
        while left or running:
            while left and len(running) < limit:
                running.add(asyncio.create_task(notify(left.pop(0))))
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.exception()
    finally:
        for task in running:
            task.cancel()


# %% wrong ten_places gets below-the-limit breaks limit
async def notify_all(notify, customers, limit):
    places = asyncio.Semaphore(min(limit, 10))

    async def one(customer):
        async with places:
            await notify(customer)

    await asyncio.gather(*(one(customer) for customer in customers), return_exceptions=True)


# %% wrong a_hundred_customers gets forgotten breaks once
async def notify_all(notify, customers, limit):
    places = asyncio.Semaphore(limit)

    async def one(customer):
        async with places:
            await notify(customer)

    await asyncio.gather(*(one(customer) for customer in customers[:100]), return_exceptions=True)


# %% wrong until_a_falsy_name gets forgotten
import contextlib


async def notify_all(notify, customers, limit):
    names = iter(list(customers))

    async def work():
        while customer := next(names, None):
            with contextlib.suppress(Exception):
                await notify(customer)

    async with asyncio.TaskGroup() as group:
        for _ in range(limit):
            group.create_task(work())


# %% wrong twins_at_the_same_time gets forgotten breaks once
async def notify_all(notify, customers, limit):
    places, running = asyncio.Semaphore(limit), set()

    async def one(customer):
        async with places:
            if customer in running:
                return
            running.add(customer)
            try:
                await notify(customer)
            finally:
                running.discard(customer)

    await asyncio.gather(*(one(customer) for customer in customers), return_exceptions=True)


# %% wrong looks_now_and_then gets place-idle breaks limit
async def notify_all(notify, customers, limit):
    waiting, running = list(customers), set()
    try:
        while waiting or running:
            while waiting and len(running) < limit:
                running.add(asyncio.create_task(notify(waiting.pop(0))))
            await asyncio.sleep(0.3)
            running = {task for task in running if not task.done()}
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


# %% wrong first_limit gets first-limit breaks limit
all_places = {}


async def notify_all(notify, customers, limit):
    places = all_places.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(limit))

    async def one(customer):
        async with places:
            await notify(customer)

    await asyncio.gather(*(one(customer) for customer in customers), return_exceptions=True)


# %% wrong index_error_ends_a_worker gets taken-for-the-end breaks failure
from collections import deque


async def notify_all(notify, customers, limit):
    waiting = deque(customers)

    async def work():
        while True:
            try:
                await notify(waiting.popleft())
            except IndexError:
                return
            except Exception:
                pass

    async with asyncio.TaskGroup() as group:
        for _ in range(limit):
            group.create_task(work())


# %% wrong looks_every_fiftieth gets place-idle breaks limit
async def notify_all(notify, customers, limit):
    running = 0

    async def tell(customer):
        nonlocal running
        try:
            await notify(customer)
        except Exception:
            pass
        finally:
            running -= 1

    async with asyncio.TaskGroup() as group:
        for customer in customers:
            while running >= limit:
                await asyncio.sleep(0.05)
            running += 1
            group.create_task(tell(customer))


# %% wrong ends_quietly_when_cancelled gets cancel-swallowed breaks over
async def notify_all(notify, customers, limit):
    places = asyncio.Semaphore(limit)

    async def tell(customer):
        async with places:
            try:
                await notify(customer)
            except Exception:
                pass

    try:
        async with asyncio.TaskGroup() as group:
            for customer in customers:
                group.create_task(tell(customer))
    except asyncio.CancelledError:
        pass


# %% wrong one_semaphore_for_all gets one-limit-for-both
import asyncio

_places = {}


async def notify_all(notify, customers: list[str], limit: int) -> None:
    key = (asyncio.get_running_loop(), limit)
    places = _places.setdefault(key, asyncio.Semaphore(limit))

    async def one(customer):
        async with places:
            try:
                await notify(customer)
            except Exception:
                pass

    async with asyncio.TaskGroup() as group:
        for customer in customers:
            group.create_task(one(customer))


# %% wrong errors_hide_the_cancel gets failure-hides-cancel breaks over
async def notify_all(notify, customers: list[str], limit: int) -> None:
    semaphore = asyncio.Semaphore(limit)
    errors = []

    async def one(customer):
        async with semaphore:
            try:
                await notify(customer)
            except Exception as error:
                errors.append(error)

    try:
        async with asyncio.TaskGroup() as group:
            for customer in customers:
                group.create_task(one(customer))
    finally:
        if errors:
            raise ExceptionGroup("some were not told", errors)


# %% wrong second_cancel gets orphans-when-cancelled-again breaks over
async def notify_all(notify, customers: list[str], limit: int) -> None:
    semaphore = asyncio.Semaphore(limit)

    async def one(customer):
        async with semaphore:
            try:
                await notify(customer)
            except Exception:
                pass

    tasks = [asyncio.create_task(one(customer)) for customer in customers]
    if not tasks:
        return
    try:
        await asyncio.wait(tasks)
    except asyncio.CancelledError:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        raise
