# gets: one-by-one
async def notify_all(notify, customers, limit):
    for customer in customers:
        try:
            await notify(customer)
        except Exception:
            continue
