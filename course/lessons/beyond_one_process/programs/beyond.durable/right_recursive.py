def run_durably(db, run_id, steps, at=0, results=None):
    results = {} if results is None else results
    if at == len(steps):
        return results
    db.execute("CREATE TABLE IF NOT EXISTS log (run, at INTEGER, value, PRIMARY KEY (run, at))")
    name, step = steps[at]
    row = db.execute("SELECT value FROM log WHERE run = ? AND at = ?", (run_id, at)).fetchone()
    value = json.loads(row[0]) if row else step(dict(results))
    if not row:
        db.execute("INSERT INTO log VALUES (?, ?, ?)", (run_id, at, json.dumps(value)))
    return run_durably(db, run_id, steps, at + 1, {**results, name: value})
