# %% starter
def run_durably(db, run_id, steps):
    """Run the steps in order, each with the results so far; what has finished never runs again."""
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {}
    for name, step in steps:
        results[name] = step(results)
        ____
    return results


# %% right reference
def run_durably(db, run_id, steps):
    """Run the steps in order, each with the results so far; what has finished never runs again."""
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
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


# %% right by_position
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


# %% right one_document
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS runs (id TEXT PRIMARY KEY, results TEXT)")
    db.execute("INSERT OR IGNORE INTO runs VALUES (?, '{}')", (run_id,))
    results = json.loads(db.execute("SELECT results FROM runs WHERE id = ?", (run_id,)).fetchone()[0])
    for name, step in [pair for pair in steps if pair[0] not in results]:
        results[name] = step(dict(results))
        with db:
            db.execute("UPDATE runs SET results = ? WHERE id = ?", (json.dumps(results), run_id))
    return results


# %% right pickle_class
import pickle


class Journal(dict):
    def __init__(self, db, run_id):
        super().__init__()
        self.db, self.run_id = db, run_id
        db.execute("CREATE TABLE IF NOT EXISTS journal (run TEXT, step TEXT, value BLOB, UNIQUE (run, step))")
        for step, value in db.execute("SELECT step, value FROM journal WHERE run = ?", (run_id,)):
            self[step] = pickle.loads(value)

    def keep(self, step, value):
        self[step] = value
        self.db.execute("INSERT INTO journal VALUES (?, ?, ?)", (self.run_id, step, pickle.dumps(value)))


def run_durably(db, run_id, steps):
    journal = Journal(db, run_id)
    for name, step in steps:
        if name not in journal:
            journal.keep(name, step(journal))
    return dict(journal)


# %% wrong insert_only gets done-again
def run_durably(db, run_id, steps):
    """Run the steps in order, each with the results so far; what has finished never runs again."""
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {}
    for name, step in steps:
        results[name] = step(results)
        db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(results[name])))
    return results


# %% wrong memory gets done-again
DONE = {}


def run_durably(db, run_id, steps):
    results = {}
    for name, step in steps:
        results[name] = step(results)
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, results TEXT)")
    db.execute("INSERT INTO finished VALUES (?, ?)", (run_id, json.dumps(results)))
    return results


# %% wrong one_transaction gets done-again
def run_durably(db, run_id, steps):
    """Run the steps in order, each with the results so far; what has finished never runs again."""
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    db.execute("BEGIN")
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
    db.execute("COMMIT")
    return results


# %% wrong keeps_failure gets failure-kept
def run_durably(db, run_id, steps):
    """Run the steps in order, each with the results so far; what has finished never runs again."""
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
                db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(None)))
                raise
            db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(results[name])))
    return results


# %% wrong swallows gets failure-swallowed
def run_durably(db, run_id, steps):
    """Run the steps in order, each with the results so far; what has finished never runs again."""
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
            except Exception as error:
                return results
            db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(results[name])))
    return results


# %% wrong noted_before gets interrupted-lost
def run_durably(db, run_id, steps):
    """Run the steps in order, each with the results so far; what has finished never runs again."""
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {}
    for name, step in steps:
        row = db.execute(
            "SELECT result FROM finished WHERE run_id = ? AND step = ?", (run_id, name)
        ).fetchone()
        if row:
            results[name] = json.loads(row[0])
        else:
            insert = "INSERT INTO finished VALUES (?, ?, ?)"
            db.execute(insert, (run_id, name, "null"))
            results[name] = step(results)
            db.execute(
                "UPDATE finished SET result = ? WHERE run_id = ? AND step = ?",
                (json.dumps(results[name]), run_id, name),
            )
    return results


# %% wrong skips_without_result gets misled
def run_durably(db, run_id, steps):
    """Run the steps in order, each with the results so far; what has finished never runs again."""
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {}
    for name, step in steps:
        row = db.execute(
            "SELECT result FROM finished WHERE run_id = ? AND step = ?", (run_id, name)
        ).fetchone()
        if row:
            continue
        else:
            results[name] = step(results)
            db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(results[name])))
    return results


# %% wrong text_results gets misled
def run_durably(db, run_id, steps):
    """Run the steps in order, each with the results so far; what has finished never runs again."""
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {}
    for name, step in steps:
        row = db.execute(
            "SELECT result FROM finished WHERE run_id = ? AND step = ?", (run_id, name)
        ).fetchone()
        if row:
            results[name] = row[0]
        else:
            results[name] = step(results)
            db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(results[name])))
    return results


# %% wrong none_is_missing gets none-again
def run_durably(db, run_id, steps):
    """Run the steps in order, each with the results so far; what has finished never runs again."""
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {}
    for name, step in steps:
        row = db.execute(
            "SELECT result FROM finished WHERE run_id = ? AND step = ?", (run_id, name)
        ).fetchone()
        if row and json.loads(row[0]) is not None:
            results[name] = json.loads(row[0])
        else:
            results[name] = step(results)
            db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(results[name])))
    return results


# %% wrong no_run_id gets runs-mixed
def run_durably(db, run_id, steps):
    """Run the steps in order, each with the results so far; what has finished never runs again."""
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {}
    for name, step in steps:
        row = db.execute("SELECT result FROM finished WHERE step = ?", (name,)).fetchone()
        if row:
            results[name] = json.loads(row[0])
        else:
            results[name] = step(results)
            db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(results[name])))
    return results


# %% wrong only_new gets wrong-results
def run_durably(db, run_id, steps):
    """Run the steps in order, each with the results so far; what has finished never runs again."""
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results, known = {}, {}
    for name, step in steps:
        row = db.execute(
            "SELECT result FROM finished WHERE run_id = ? AND step = ?", (run_id, name)
        ).fetchone()
        if row:
            known[name] = json.loads(row[0])
        else:
            results[name] = step({**known, **results})
            db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(results[name])))
    return results


# %% wrong returns_last gets wrong-results
def run_durably(db, run_id, steps):
    """Run the steps in order, each with the results so far; what has finished never runs again."""
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
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
    return results[name]
