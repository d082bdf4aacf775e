# gets: failure-swallowed
# breaks: failure
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {}
    for name, step in steps:
        row = db.execute(
            "SELECT result FROM finished WHERE run_id = ? AND step = ?", (run_id, name)
        ).fetchone()
        if row:
            results[name] = json.loads(row[0])
        else:
            try:
                results[name] = step(results)
            except Exception:
                results[name] = None
            db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(results[name])))
    return results
