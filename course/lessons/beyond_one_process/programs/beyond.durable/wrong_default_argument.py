# gets: memory-only
# breaks: file
def run_durably(db, run_id, steps, done={}):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {}
    for name, step in steps:
        key = (db.execute("PRAGMA database_list").fetchone()[2], run_id, name)
        row = done.get(key)
        if row:
            results[name] = row[0]
        else:
            results[name] = step(results)
            done[key] = [results[name]]
    return results
