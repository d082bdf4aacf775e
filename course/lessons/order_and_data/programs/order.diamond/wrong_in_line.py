# gets: blocks-the-loop
async def diamond(load, clean, count, save):
    rows = await load()
    cleaned = clean(rows)
    counted = await count(rows)
    await save(cleaned, counted)
