def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    known = db.execute(
        "SELECT step, result FROM finished WHERE run_id = ? ORDER BY rowid", (run_id,)
    ).fetchall()
    results = {step: json.loads(result) for step, result in known}
    for name, step in steps[len(results) :]:
        db.execute("BEGIN")
        try:
            results[name] = step(results)
            db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(results[name])))
        except BaseException:
            db.rollback()
            raise
        db.commit()
    return results
