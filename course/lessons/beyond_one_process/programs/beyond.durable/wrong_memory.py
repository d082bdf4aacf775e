# gets: done-again
DONE = {}


def run_durably(db, run_id, steps):
    results = {}
    for name, step in steps:
        results[name] = step(results)
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, results TEXT)")
    db.execute("INSERT INTO finished VALUES (?, ?)", (run_id, json.dumps(results)))
    return results
