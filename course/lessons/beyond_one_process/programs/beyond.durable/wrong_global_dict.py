# gets: memory
# breaks: file
_done = {}


def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {}
    for name, step in steps:
        row = _done.get((run_id, name))
        if row:
            results[name] = row[0]
        else:
            results[name] = step(results)
            _done[run_id, name] = [results[name]]
    return results
