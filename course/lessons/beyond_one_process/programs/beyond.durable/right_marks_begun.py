def run_durably(db, run_id, steps):
    db.execute(
        "CREATE TABLE IF NOT EXISTS steps (run TEXT, step TEXT, state TEXT, result TEXT, PRIMARY KEY (run, step))"
    )
    results = {}
    for name, step in steps:
        row = db.execute(
            "SELECT state, result FROM steps WHERE run = ? AND step = ?", (run_id, name)
        ).fetchone()
        if row and row[0] == "done":
            results[name] = json.loads(row[1])
            continue
        db.execute("INSERT OR REPLACE INTO steps VALUES (?, ?, 'running', NULL)", (run_id, name))
        results[name] = step(results)
        db.execute(
            "UPDATE steps SET state = 'done', result = ? WHERE run = ? AND step = ?",
            (json.dumps(results[name]), run_id, name),
        )
    return results
