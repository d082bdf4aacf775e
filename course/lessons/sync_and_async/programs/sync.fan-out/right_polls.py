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
