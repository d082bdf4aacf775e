# gets: memory
# breaks: file
_done = {}


def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {}
    for name, step in steps:
        row = _done.get((run_id, name))
        if row:
            results[name] = json.loads(row[0])
        else:
            results[name] = step(results)
            db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(results[name])))
            _done[run_id, name] = [json.dumps(results[name])]
    return results
