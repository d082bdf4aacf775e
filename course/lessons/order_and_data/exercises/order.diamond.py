# %% starter
async def diamond(load, clean, count, save) -> None:
    """Load, then clean and count the rows at the same time, then save what both returned."""
    rows = await load()
    ____


# %% right reference
async def diamond(load, clean, count, save) -> None:
    """Load, then clean and count the rows at the same time, then save what both returned."""
    rows = await load()
    async with asyncio.TaskGroup() as group:
        cleaning = group.create_task(run_in_threadpool(clean, rows))
        counting = group.create_task(count(rows))
    await save(cleaning.result(), counting.result())


# %% right anyio
import anyio
import anyio.to_thread


async def diamond(load, clean, count, save):
    rows = await load()
    found = {}

    async def cleaning():
        found["clean"] = await anyio.to_thread.run_sync(clean, rows)

    async def counting():
        found["count"] = await count(rows)

    async with anyio.create_task_group() as group:
        group.start_soon(counting)
        group.start_soon(cleaning)
    await save(found["clean"], found["count"])


# %% right gather
async def diamond(load, clean, count, save):
    rows = await load()
    cleaned, counted = await asyncio.gather(asyncio.to_thread(clean, rows), count(rows))
    await save(cleaned, counted)


# %% wrong own_thread gets loop-stands-still-after-failure breaks together
from concurrent.futures import ThreadPoolExecutor


async def diamond(load, clean, count, save):
    rows = await load()
    with ThreadPoolExecutor(1) as pool:
        cleaning = pool.submit(clean, rows)
        counted = await count(rows)
        cleaned = await asyncio.wrap_future(cleaning)
    await save(cleaned, counted)


# %% right start_one_await_other
async def diamond(load, clean, count, save):
    rows = await load()
    cleaning = asyncio.get_running_loop().run_in_executor(None, clean, rows)  # starts at once
    counted = await count(rows)
    await save(await cleaning, counted)


# %% wrong async_wrapper gets blocks-the-loop
async def diamond(load, clean, count, save):
    rows = await load()

    async def clean_async():
        return clean(rows)

    async with asyncio.TaskGroup() as group:
        cleaning = group.create_task(clean_async())
        counting = group.create_task(count(rows))
    await save(cleaning.result(), counting.result())


# %% wrong in_line gets blocks-the-loop
async def diamond(load, clean, count, save):
    rows = await load()
    cleaned = clean(rows)
    counted = await count(rows)
    await save(cleaned, counted)


# %% wrong task_then_block gets blocks-the-loop
async def diamond(load, clean, count, save):
    rows = await load()
    counting = asyncio.create_task(count(rows))
    cleaned = clean(rows)
    await save(cleaned, await counting)


# %% wrong keywords_swapped gets blocks-the-loop breaks together
async def diamond(load, clean, count, save) -> None:
    rows = await load()

    async def on_loop():
        return clean(rows)

    cleaned, counted = await asyncio.gather(on_loop(), run_in_threadpool(lambda: asyncio.run(count(rows))))
    await save(cleaned, counted)


# %% wrong count_not_awaited gets left-out
async def diamond(load, clean, count, save):
    rows = await load()
    cleaned = await asyncio.to_thread(clean, rows)
    await save(cleaned, asyncio.to_thread(count, rows))


# %% wrong no_save gets left-out
async def diamond(load, clean, count, save):
    rows = await load()
    await asyncio.gather(asyncio.to_thread(clean, rows), count(rows))


# %% wrong copy_empty gets left-out-later breaks once
async def diamond(load, clean, count, save) -> None:
    rows = await load()
    if not rows:
        return
    cleaned, counted = await asyncio.gather(run_in_threadpool(clean, rows), count(rows))
    await save(cleaned, counted)


# %% wrong coroutines_made_early gets one-after-the-other
async def diamond(load, clean, count, save):
    rows = await load()
    cleaning = run_in_threadpool(clean, rows)
    counting = count(rows)
    await save(await cleaning, await counting)


# %% wrong task_awaited_at_once gets one-after-the-other
async def diamond(load, clean, count, save):
    rows = await load()
    counted = await asyncio.create_task(count(rows))
    cleaned = await asyncio.create_task(asyncio.to_thread(clean, rows))
    await save(cleaned, counted)


# %% wrong thread_then_count gets one-after-the-other
async def diamond(load, clean, count, save):
    rows = await load()
    cleaned = await run_in_threadpool(clean, rows)
    counted = await count(rows)
    await save(cleaned, counted)


# %% wrong count_what_was_cleaned gets rows
async def diamond(load, clean, count, save):
    rows = await load()
    cleaned = await asyncio.to_thread(clean, rows)
    counted = await count(cleaned)
    await save(cleaned, counted)


# %% wrong load_not_called gets rows
async def diamond(load, clean, count, save):
    rows = await load()
    cleaned, counted = await asyncio.gather(asyncio.to_thread(clean, load), count(load))
    await save(cleaned, counted)


# %% wrong fire_and_forget gets save-not-awaited
async def diamond(load, clean, count, save):
    rows = await load()
    cleaned, counted = await asyncio.gather(asyncio.to_thread(clean, rows), count(rows))
    saving = asyncio.create_task(save(cleaned, counted))
    await asyncio.sleep(0)


# %% wrong save_not_awaited gets save-not-awaited breaks end
async def diamond(load, clean, count, save) -> None:
    rows = await load()
    cleaned, counted = await asyncio.gather(run_in_threadpool(clean, rows), count(rows))
    asyncio.create_task(save(cleaned, counted))


# %% wrong cleaned_twice gets twice
async def diamond(load, clean, count, save):
    rows = await load()
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.to_thread(clean, rows))
        counting = group.create_task(count(rows))
    await save(await asyncio.to_thread(clean, rows), counting.result())


# %% wrong loads_twice gets twice breaks once
async def diamond(load, clean, count, save) -> None:
    async def a():
        return await asyncio.to_thread(clean, await load())

    async def b():
        return await count(await load())

    await save(*await asyncio.gather(a(), b()))


# %% wrong count_in_a_thread gets wrong-arguments
async def diamond(load, clean, count, save):
    rows = await load()
    cleaned, counted = await asyncio.gather(asyncio.to_thread(clean, rows), count(rows))
    await save(cleaned, count)


# %% wrong one_list gets wrong-arguments
async def diamond(load, clean, count, save):
    rows = await load()
    both = await asyncio.gather(asyncio.to_thread(clean, rows), count(rows))
    await save(both)


# %% wrong swapped gets wrong-arguments
async def diamond(load, clean, count, save):
    rows = await load()
    counted, cleaned = await asyncio.gather(count(rows), asyncio.to_thread(clean, rows))
    await save(counted, cleaned)


# %% wrong tasks_instead_of_results gets wrong-arguments
async def diamond(load, clean, count, save):
    rows = await load()
    async with asyncio.TaskGroup() as group:
        cleaning = group.create_task(asyncio.to_thread(clean, rows))
        counting = group.create_task(count(rows))
    await save("cleaning", "counting")


# %% wrong as_completed gets wrong-arguments breaks results
async def diamond(load, clean, count, save) -> None:
    rows = await load()
    results = []
    for each in asyncio.as_completed([run_in_threadpool(clean, rows), count(rows)]):
        results.append(await each)
    await save(*results)


# %% wrong save_before_count gets wrong-arguments breaks results
async def diamond(load, clean, count, save) -> None:
    rows = await load()
    counting = asyncio.create_task(count(rows))
    cleaned = await run_in_threadpool(clean, rows)
    await asyncio.sleep(0.05)
    await save(cleaned, counting.result() if counting.done() else None)


# %% wrong count_left_behind gets error-lost breaks failure
async def diamond(load, clean, count, save) -> None:
    rows = await load()
    counting = asyncio.create_task(count(rows))
    try:
        cleaned = await run_in_threadpool(clean, rows)
    except Exception:
        return
    await save(cleaned, await counting)


# %% wrong swallows_clean gets saved-after-failure breaks failure
async def diamond(load, clean, count, save) -> None:
    rows = await load()
    cleaned, counted = await asyncio.gather(
        asyncio.to_thread(clean, rows), count(rows), return_exceptions=True
    )
    await save(cleaned, counted)


# %% wrong sorts_results_by_kind gets wrong-arguments breaks results
async def diamond(load, clean, count, save) -> None:
    rows = await load()
    results = [await each for each in asyncio.as_completed([count(rows), run_in_threadpool(clean, rows)])]
    if isinstance(results[0], int):
        results.reverse()
    await save(*results)


# %% wrong instead_of_none gets wrong-arguments breaks results
async def diamond(load, clean, count, save) -> None:
    rows = await load()
    cleaned, counted = await asyncio.gather(run_in_threadpool(clean, rows), count(rows))
    await save(cleaned, counted or 0)


# %% wrong cleans_again gets tried-again breaks once
async def diamond(load, clean, count, save) -> None:
    rows = await load()

    def again(rows):
        try:
            return clean(rows)
        except Exception:
            return clean(rows)

    async with asyncio.TaskGroup() as group:
        cleaning = group.create_task(run_in_threadpool(again, rows))
        counting = group.create_task(count(rows))
    await save(cleaning.result(), counting.result())


# %% wrong saves_again gets tried-again breaks once
async def diamond(load, clean, count, save) -> None:
    rows = await load()
    async with asyncio.TaskGroup() as group:
        cleaning = group.create_task(run_in_threadpool(clean, rows))
        counting = group.create_task(count(rows))
    try:
        await save(cleaning.result(), counting.result())
    except Exception:
        await save(cleaning.result(), counting.result())


# %% wrong waits_a_moment gets save-not-awaited breaks end
async def diamond(load, clean, count, save) -> None:
    rows = await load()
    async with asyncio.TaskGroup() as group:
        cleaning = group.create_task(run_in_threadpool(clean, rows))
        counting = group.create_task(count(rows))
    try:
        await asyncio.wait_for(asyncio.shield(save(cleaning.result(), counting.result())), 0.05)
    except TimeoutError:
        pass


# %% wrong list_for_none gets rows breaks once
async def diamond(load, clean, count, save) -> None:
    rows = await load() or []
    async with asyncio.TaskGroup() as group:
        cleaning = group.create_task(run_in_threadpool(clean, rows))
        counting = group.create_task(count(rows))
    await save(cleaning.result(), counting.result())


# %% wrong global_rows gets mixed-up breaks once
async def diamond(load, clean, count, save) -> None:
    global rows
    rows = await load()
    await asyncio.sleep(0)
    async with asyncio.TaskGroup() as group:
        cleaning = group.create_task(run_in_threadpool(clean, rows))
        counting = group.create_task(count(rows))
    await save(cleaning.result(), counting.result())


# %% right queue
async def diamond(load, clean, count, save):
    rows = await load()
    queue = asyncio.Queue()

    async def put(key, awaitable):
        try:
            queue.put_nowait((key, await awaitable, None))
        except Exception as error:
            queue.put_nowait((key, None, error))

    tasks = [
        asyncio.create_task(put(1, count(rows))),
        asyncio.create_task(put(0, run_in_threadpool(clean, rows))),
    ]
    got = sorted([await queue.get() for _ in tasks], key=lambda item: item[0])
    for _, _, error in got:
        if error:
            raise error
    await save(*[value for _, value, _ in got])


# %% right from_the_thread
async def diamond(load, clean, count, save):
    rows = await load()
    loop = asyncio.get_running_loop()

    def both():
        counting = asyncio.run_coroutine_threadsafe(count(rows), loop)
        try:
            cleaned = clean(rows)
        except BaseException:
            counting.cancel()
            raise
        return cleaned, counting.result()

    cleaned, counted = await asyncio.to_thread(both)
    await save(cleaned, counted)


# %% wrong skips_empty gets left-out-later
async def diamond(load, clean, count, save) -> None:
    rows = await load()
    cleaned, counted = await asyncio.gather(run_in_threadpool(clean, rows), count(rows))
    if cleaned and counted:
        await save(cleaned, counted)


# %% wrong equal_rows_once gets left-out-later
counts = {}


async def diamond(load, clean, count, save) -> None:
    rows = await load()

    async def count_new():
        if repr(rows) not in counts:
            counts[repr(rows)] = await count(rows)
        return counts[repr(rows)]

    async with asyncio.TaskGroup() as group:
        cleaning = group.create_task(asyncio.to_thread(clean, rows))
        counting = group.create_task(count_new())
    await save(cleaning.result(), counting.result())


# %% wrong kept_for_the_next gets kept-for-the-next breaks once
from starlette.concurrency import run_in_threadpool

cleaned_before = {}


async def diamond(load, clean, count, save) -> None:
    rows = await load()
    key = (clean, repr(rows))

    async def cleaned_rows():
        if key not in cleaned_before:
            cleaned_before[key] = await run_in_threadpool(clean, rows)
        return cleaned_before[key]

    async with asyncio.TaskGroup() as group:
        cleaning = group.create_task(cleaned_rows())
        counting = group.create_task(count(rows))
    await save(cleaning.result(), counting.result())


# %% wrong one_thread gets one-thread breaks together
from concurrent.futures import ThreadPoolExecutor

one_thread = ThreadPoolExecutor(max_workers=1)


async def diamond(load, clean, count, save) -> None:
    rows = await load()
    loop = asyncio.get_running_loop()
    counting = asyncio.ensure_future(count(rows))
    cleaned, counted = await asyncio.gather(loop.run_in_executor(one_thread, clean, rows), counting)
    await save(cleaned, counted)


# %% wrong waits_on_the_loop gets loop-stands-still breaks together
from concurrent.futures import ThreadPoolExecutor


async def diamond(load, clean, count, save) -> None:
    rows = await load()
    with ThreadPoolExecutor() as pool:
        cleaning = pool.submit(clean, rows)
        counted = await count(rows)
        cleaned = cleaning.result()
    await save(cleaned, counted)


# %% wrong waits_again_and_again gets loop-sleeps breaks together
import concurrent.futures

pool = concurrent.futures.ThreadPoolExecutor(8)


async def diamond(load, clean, count, save) -> None:
    rows = await load()
    cleaning = pool.submit(clean, rows)
    counted = await count(rows)
    while not cleaning.done():
        try:
            cleaning.result(timeout=0.05)
        except concurrent.futures.TimeoutError:
            await asyncio.sleep(0)
    await save(cleaning.result(), counted)


# %% wrong sleeps_after_a_failure gets loop-sleeps breaks together
async def diamond(load, clean, count, save) -> None:
    rows = await load()
    cleaning = asyncio.create_task(asyncio.to_thread(clean, rows))
    try:
        counted = await count(rows)
    except Exception:
        time.sleep(0.01)
        raise
    finally:
        await asyncio.wait([cleaning])
    await save(cleaning.result(), counted)


# %% right looks_now_and_then
import concurrent.futures

pool = concurrent.futures.ThreadPoolExecutor(8)


async def diamond(load, clean, count, save) -> None:
    rows = await load()
    cleaning = pool.submit(clean, rows)
    counted = await count(rows)
    while not cleaning.done():
        await asyncio.sleep(0.01)
    await save(cleaning.result(), counted)


# %% wrong waits_for_a_minute gets loop-sleeps
import concurrent.futures

pool = concurrent.futures.ThreadPoolExecutor(8)


async def diamond(load, clean, count, save) -> None:
    rows = await load()
    cleaning = pool.submit(clean, rows)
    counted = await count(rows)
    await save(cleaning.result(timeout=60), counted)


# %% right own_thread_let_go
from concurrent.futures import ThreadPoolExecutor


async def diamond(load, clean, count, save) -> None:
    rows = await load()
    pool = ThreadPoolExecutor(1)
    cleaning = pool.submit(clean, rows)
    pool.shutdown(wait=False)
    counted = await count(rows)
    await save(await asyncio.wrap_future(cleaning), counted)


# %% wrong joins_after_a_failure gets loop-stands-still-after-failure breaks together
async def diamond(load, clean, count, save) -> None:
    rows = await load()
    cleaning = asyncio.get_running_loop().create_future()

    def work(loop):
        try:
            loop.call_soon_threadsafe(cleaning.set_result, clean(rows))
        except Exception as error:
            loop.call_soon_threadsafe(cleaning.set_exception, error)

    thread = threading.Thread(target=work, args=[cleaning.get_loop()])
    thread.start()
    try:
        counted = await count(rows)
    except Exception:
        thread.join()
        raise
    await save(await cleaning, counted)


# %% wrong ends_quietly_without_an_answer gets error-lost breaks failure
async def diamond(load, clean, count, save) -> None:
    rows = await load()
    try:
        cleaned, counted = await asyncio.gather(asyncio.to_thread(clean, rows), count(rows))
    except OSError:
        return
    await save(cleaned, counted)


# %% wrong ends_quietly_without_rows gets error-lost breaks failure
async def diamond(load, clean, count, save) -> None:
    try:
        rows = await load()
    except LookupError:
        return
    cleaned, counted = await asyncio.gather(asyncio.to_thread(clean, rows), count(rows))
    await save(cleaned, counted)


# %% wrong ends_as_cancelled gets error-lost breaks failure
async def diamond(load, clean, count, save) -> None:
    rows = await load()
    cleaning = asyncio.create_task(asyncio.to_thread(clean, rows))
    counting = asyncio.create_task(count(rows))
    await asyncio.wait([cleaning, counting], return_when=asyncio.FIRST_EXCEPTION)
    cleaning.cancel()
    counting.cancel()
    await save(await cleaning, await counting)
