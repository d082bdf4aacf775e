# gets: done-again
# breaks: once
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    db.execute("CREATE TABLE IF NOT EXISTS lives (run_id TEXT)")
    db.execute("INSERT INTO lives VALUES (?)", (run_id,))
    if db.execute("SELECT count(*) FROM lives WHERE run_id = ?", (run_id,)).fetchone()[0] > 2:
        db.execute("DELETE FROM finished WHERE run_id = ?", (run_id,))
    results = {}
    for name, step in steps:
        row = db.execute(
            "SELECT result FROM finished WHERE run_id = ? AND step = ?", (run_id, name)
        ).fetchone()
        if row:
            results[name] = json.loads(row[0])
        else:
            results[name] = step(results)
            db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(results[name])))
    return results
