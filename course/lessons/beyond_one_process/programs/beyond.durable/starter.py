def run_durably(db, run_id, steps):
    """Run the steps in order, each with the results so far; what has finished never runs again."""
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {}
    for name, step in steps:
        results[name] = step(results)
        ____
    return results
