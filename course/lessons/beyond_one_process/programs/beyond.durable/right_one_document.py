def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS runs (id TEXT PRIMARY KEY, results TEXT)")
    db.execute("INSERT OR IGNORE INTO runs VALUES (?, '{}')", (run_id,))
    results = json.loads(db.execute("SELECT results FROM runs WHERE id = ?", (run_id,)).fetchone()[0])
    for name, step in [pair for pair in steps if pair[0] not in results]:
        results[name] = step(dict(results))
        with db:
            db.execute("UPDATE runs SET results = ? WHERE id = ?", (json.dumps(results), run_id))
    return results
