def run_durably(db, run_id, steps):
    table = '"' + run_id.replace('"', '""') + '"'
    cursor = db.cursor()
    cursor.execute(f"CREATE TABLE IF NOT EXISTS {table} (step TEXT UNIQUE, result TEXT)")
    results = dict((step, json.loads(result)) for step, result in cursor.execute(f"SELECT * FROM {table}"))
    for name, step in steps:
        if name not in results:
            results[name] = step(results)
            cursor.execute(f"INSERT INTO {table} VALUES (?, ?)", (name, json.dumps(results[name])))
            db.commit()
    return results
