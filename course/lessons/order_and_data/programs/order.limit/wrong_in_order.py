# gets: one-by-one
async def run_limited(self, limit):
    return await run_in_order(self)
