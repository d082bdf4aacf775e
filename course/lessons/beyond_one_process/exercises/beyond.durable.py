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


# %% wrong by_position gets by-place breaks once
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
    before = {}
    for name, step in steps:
        if name in results:
            before[name] = results[name]
            continue
        before[name] = results[name] = step(dict(before))
        with db:
            db.execute("UPDATE runs SET results = ? WHERE id = ?", (json.dumps(results), run_id))
    return before


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
    results = {}
    for name, step in steps:
        if name not in journal:
            journal.keep(name, step(results))
        results[name] = journal[name]
    return results


# %% right marks_begun
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


# %% right recursive
def run_durably(db, run_id, steps, at=0, results=None):
    results = {} if results is None else results
    if at == len(steps):
        return results
    db.execute("CREATE TABLE IF NOT EXISTS log (run, step TEXT, value, PRIMARY KEY (run, step))")
    name, step = steps[at]
    row = db.execute("SELECT value FROM log WHERE run = ? AND step = ?", (run_id, name)).fetchone()
    value = json.loads(row[0]) if row else step(dict(results))
    if not row:
        db.execute("INSERT INTO log VALUES (?, ?, ?)", (run_id, name, json.dumps(value)))
    return run_durably(db, run_id, steps, at + 1, {**results, name: value})


# %% right table_per_run
def run_durably(db, run_id, steps):
    table = "run_" + run_id.encode().hex()  # names of tables are the same in small letters
    cursor = db.cursor()
    cursor.execute(f"CREATE TABLE IF NOT EXISTS {table} (step TEXT UNIQUE, result TEXT)")
    known = dict((step, json.loads(result)) for step, result in cursor.execute(f"SELECT * FROM {table}"))
    results = {}
    for name, step in steps:
        if name not in known:
            known[name] = step(results)
            cursor.execute(f"INSERT INTO {table} VALUES (?, ?)", (name, json.dumps(known[name])))
            db.commit()
        results[name] = known[name]
    return results


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


# %% wrong reload_number gets done-again breaks once
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


# %% wrong failure_is_null gets failure-swallowed breaks failure
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


# %% wrong wraps_error gets error-changed breaks failure
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
            except Exception as error:
                raise RuntimeError("failed") from error
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


# %% wrong only_last_result gets misled breaks order
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
            results[name] = step(dict(list(results.items())[-1:]))
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


# %% wrong falsy gets none-again breaks once
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {}
    for name, step in steps:
        row = db.execute(
            "SELECT result FROM finished WHERE run_id = ? AND step = ?", (run_id, name)
        ).fetchone()
        if row and json.loads(row[0]):
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


# %% wrong returns_last gets wrong-results breaks results
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


# %% wrong forgets_when_done gets finished-again breaks once
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
            results[name] = step(results)
            db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(results[name])))
    db.execute("DELETE FROM finished WHERE run_id = ?", (run_id,))
    return results


# %% wrong others_forgotten gets finished-again breaks once
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {}
    db.execute("DELETE FROM finished WHERE run_id <> ?", (run_id,))
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


# %% wrong cache gets memory breaks file
import functools

_steps = {}


@functools.cache
def _once(run_id, name, results):
    return json.dumps(_steps[run_id, name](json.loads(results)))


def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {}
    for name, step in steps:
        _steps[run_id, name] = step
        results[name] = json.loads(_once(run_id, name, json.dumps(results)))
    return results


# %% wrong global_dict gets memory breaks file
_done = {}


def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {}
    for name, step in steps:
        row = _done.get((run_id, name))
        if row:
            results[name] = row[0]
        else:
            results[name] = step(results)
            _done[run_id, name] = [results[name]]
    return results


# %% wrong written_and_remembered gets memory breaks file
_done = {}


def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {}
    for name, step in steps:
        row = _done.get((run_id, name))
        if row:
            results[name] = json.loads(row[0])
        else:
            results[name] = step(results)
            db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(results[name])))
            _done[run_id, name] = [json.dumps(results[name])]
    return results


# %% wrong default_argument gets memory-only breaks file
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


# %% wrong sorted gets out-of-order breaks order
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {}
    for name, step in sorted(steps, key=lambda pair: pair[0]):
        row = db.execute(
            "SELECT result FROM finished WHERE run_id = ? AND step = ?", (run_id, name)
        ).fetchone()
        if row:
            results[name] = json.loads(row[0])
        else:
            results[name] = step(results)
            db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(results[name])))
    return results


# %% wrong retry_at_once gets tries-again breaks failure
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
                results[name] = step(results)
            db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(results[name])))
    return results


# %% wrong like gets runs-mixed breaks once
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {}
    for name, step in steps:
        row = db.execute(
            "SELECT result FROM finished WHERE run_id LIKE ? AND step=?", (run_id, name)
        ).fetchone()
        if row is None:
            results[name] = step(results)
            db.execute("INSERT INTO finished VALUES (?,?,?)", (run_id, name, json.dumps(results[name])))
        else:
            results[name] = json.loads(row[0])
    return results


# %% wrong glued gets names-joined breaks once
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS done (id TEXT UNIQUE, result)")
    results = {}
    for name, step in steps:
        row = db.execute("SELECT result FROM done WHERE id = ?", (run_id + name,)).fetchone()
        if row:
            results[name] = json.loads(row[0])
        else:
            results[name] = step(results)
            db.execute("INSERT INTO done VALUES (?, ?)", (run_id + name, json.dumps(results[name])))
    return results


# %% wrong joined_by_a_dash gets names-joined breaks once
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS done (id TEXT UNIQUE, result)")
    results = {}
    for name, step in steps:
        row = db.execute("SELECT result FROM done WHERE id = ?", (f"{run_id}-{name}",)).fetchone()
        if row:
            results[name] = json.loads(row[0])
        else:
            results[name] = step(results)
            db.execute("INSERT INTO done VALUES (?, ?)", (f"{run_id}-{name}", json.dumps(results[name])))
    return results


# %% wrong texts_as_they_are gets value-changed breaks results
def _load(t):
    try:
        return json.loads(t)
    except ValueError:
        return t


def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS done (id TEXT UNIQUE, result)")
    results = {}
    for name, step in steps:
        row = db.execute("SELECT result FROM done WHERE id = ?", (json.dumps([run_id, name]),)).fetchone()
        if row:
            results[name] = _load(row[0])
        else:
            results[name] = step(results)
            db.execute(
                "INSERT INTO done VALUES (?, ?)",
                (
                    json.dumps([run_id, name]),
                    results[name] if isinstance(results[name], str) else json.dumps(results[name]),
                ),
            )
    return results


# %% wrong returns_other_runs gets others-returned breaks results
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS done (id TEXT UNIQUE, result)")
    results = {}
    for name, step in steps:
        row = db.execute("SELECT result FROM done WHERE id = ?", (json.dumps([run_id, name]),)).fetchone()
        if row:
            results[name] = json.loads(row[0])
        else:
            results[name] = step(results)
            db.execute(
                "INSERT INTO done VALUES (?, ?)", (json.dumps([run_id, name]), json.dumps(results[name]))
            )
    for id, result in db.execute("SELECT id, result FROM done").fetchall():
        results.setdefault(json.loads(id)[1], json.loads(result))
    return results


# %% wrong gives_other_runs gets others-given breaks order
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS done (id TEXT UNIQUE, result)")
    results = {}
    for id, result in db.execute("SELECT id, result FROM done").fetchall():
        results.setdefault(json.loads(id)[1], json.loads(result))
    for name, step in steps:
        row = db.execute("SELECT result FROM done WHERE id = ?", (json.dumps([run_id, name]),)).fetchone()
        if row:
            results[name] = json.loads(row[0])
        else:
            results[name] = step(results)
            db.execute(
                "INSERT INTO done VALUES (?, ?)", (json.dumps([run_id, name]), json.dumps(results[name]))
            )
    return results


# %% wrong first_noted_before gets interrupted-lost breaks once
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS done (id TEXT UNIQUE, result)")
    results = {}
    for name, step in steps:
        row = db.execute("SELECT result FROM done WHERE id = ?", (json.dumps([run_id, name]),)).fetchone()
        if row:
            results[name] = json.loads(row[0])
        else:
            if not results:
                db.execute("INSERT INTO done VALUES (?, ?)", (json.dumps([run_id, name]), "null"))
            results[name] = step(results)
            db.execute(
                "INSERT OR REPLACE INTO done VALUES (?, ?)",
                (json.dumps([run_id, name]), json.dumps(results[name])),
            )
    return results


# %% wrong hash_of_both gets done-again breaks file
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS done (id TEXT UNIQUE, result)")
    results = {}
    for name, step in steps:
        row = db.execute("SELECT result FROM done WHERE id = ?", (str(hash((run_id, name))),)).fetchone()
        if row:
            results[name] = json.loads(row[0])
        else:
            results[name] = step(results)
            db.execute(
                "INSERT INTO done VALUES (?, ?)", (str(hash((run_id, name))), json.dumps(results[name]))
            )
    return results


# %% right log_and_replay
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS log (n INTEGER PRIMARY KEY, line TEXT)")
    known, results = {}, {}
    for (line,) in db.execute("SELECT line FROM log ORDER BY n"):
        run, name, result = json.loads(line)
        if run == run_id:
            known[name] = result
    for name, step in steps:
        if name not in known:
            known[name] = step(dict(results))
            db.execute("INSERT INTO log (line) VALUES (?)", (json.dumps([run_id, name, known[name]]),))
        results[name] = known[name]
    return results


# %% right digest
import hashlib


def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS s (k TEXT UNIQUE, v TEXT)")
    out = {}
    for name, step in steps:
        k = hashlib.sha256(repr((run_id, name)).encode()).hexdigest()
        for (v,) in db.execute("SELECT v FROM s WHERE k = ?", (k,)).fetchall():
            out[name] = json.loads(v)
            break
        else:
            v = json.dumps(step({**out}))
            with db:
                db.execute("INSERT INTO s VALUES (?, ?)", (k, v))
            out[name] = json.loads(v)
    return out


# %% wrong no_rollback gets left-open breaks failure
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {}
    for name, step in steps:
        db.execute("BEGIN IMMEDIATE")
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


# %% wrong false_is_missing gets engine.raised breaks once
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS done (id TEXT UNIQUE, result)")
    results = {}
    for name, step in steps:
        row = db.execute("SELECT result FROM done WHERE id = ?", (json.dumps([run_id, name]),)).fetchone()
        if row and json.loads(row[0]) is not False:
            results[name] = json.loads(row[0])
        else:
            results[name] = step(results)
            db.execute(
                "INSERT INTO done VALUES (?, ?)", (json.dumps([run_id, name]), json.dumps(results[name]))
            )
    return results


# %% wrong small_letters gets runs-mixed breaks once
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS done (id TEXT UNIQUE, result)")
    results = {}
    for name, step in steps:
        row = db.execute(
            "SELECT result FROM done WHERE id = ?", (json.dumps([run_id.lower(), name]),)
        ).fetchone()
        if row:
            results[name] = json.loads(row[0])
        else:
            results[name] = step(results)
            db.execute(
                "INSERT INTO done VALUES (?, ?)",
                (json.dumps([run_id.lower(), name]), json.dumps(results[name])),
            )
    return results


# %% wrong stripped gets runs-mixed breaks once
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS done (id TEXT UNIQUE, result)")
    results = {}
    for name, step in steps:
        row = db.execute(
            "SELECT result FROM done WHERE id = ?", (json.dumps([run_id.strip(), name]),)
        ).fetchone()
        if row:
            results[name] = json.loads(row[0])
        else:
            results[name] = step(results)
            db.execute(
                "INSERT INTO done VALUES (?, ?)",
                (json.dumps([run_id.strip(), name]), json.dumps(results[name])),
            )
    return results


# %% wrong keyboard gets failure-swallowed breaks failure
import json


def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {
        name: json.loads(text)
        for name, text in db.execute("SELECT step, result FROM finished WHERE run_id = ?", (run_id,))
    }
    for name, step in steps:
        if name not in results:
            try:
                result = step(results)
            except KeyboardInterrupt:
                result = None
            db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(result)))
            results[name] = result
    return results


# %% wrong int_run gets names-alike breaks once
import json


def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id INTEGER, step TEXT, result TEXT)")
    results = {
        name: json.loads(text)
        for name, text in db.execute("SELECT step, result FROM finished WHERE run_id = ?", (run_id,))
    }
    for name, step in steps:
        if name not in results:
            result = step(results)
            db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(result)))
            results[name] = result
    return results


# %% wrong floats_rounded gets value-changed breaks results
import json


def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {
        name: json.loads(text)
        for name, text in db.execute("SELECT step, result FROM finished WHERE run_id = ?", (run_id,))
    }
    for name, step in steps:
        if name not in results:
            result = step(results)
            db.execute(
                "INSERT INTO finished VALUES (?, ?, ?)",
                (run_id, name, json.dumps(round(result, 2) if isinstance(result, float) else result)),
            )
            results[name] = result
    return results


# %% wrong list_as_set gets value-changed breaks results
import json


def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {
        name: json.loads(text)
        for name, text in db.execute("SELECT step, result FROM finished WHERE run_id = ?", (run_id,))
    }
    for name, step in steps:
        if name not in results:
            result = step(results)
            db.execute(
                "INSERT INTO finished VALUES (?, ?, ?)",
                (
                    run_id,
                    name,
                    json.dumps(
                        sorted(set(result))
                        if isinstance(result, list) and all(isinstance(x, (int, str)) for x in result)
                        else result
                    ),
                ),
            )
            results[name] = result
    return results


# %% wrong wrapped_error gets error-changed breaks failure
import json


def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {
        name: json.loads(text)
        for name, text in db.execute("SELECT step, result FROM finished WHERE run_id = ?", (run_id,))
    }
    for name, step in steps:
        if name not in results:
            try:
                result = step(results)
            except Exception as e:
                raise RuntimeError(name) from e
            db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(result)))
            results[name] = result
    return results


# %% wrong rollback_masks gets error-changed breaks failure
import json


def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {
        name: json.loads(text)
        for name, text in db.execute("SELECT step, result FROM finished WHERE run_id = ?", (run_id,))
    }
    for name, step in steps:
        if name not in results:
            try:
                result = step(results)
            except Exception:
                db.execute("ROLLBACK")
                raise
            db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(result)))
            results[name] = result
    return results


# %% wrong error_clears gets error-undoes breaks failure
import json


def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {
        name: json.loads(text)
        for name, text in db.execute("SELECT step, result FROM finished WHERE run_id = ?", (run_id,))
    }
    for name, step in steps:
        if name not in results:
            try:
                result = step(results)
            except Exception:
                db.execute("DELETE FROM finished WHERE run_id = ?", (run_id,))
                raise
            db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(result)))
            results[name] = result
    return results


# %% wrong names_without_case gets names-alike breaks once
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT COLLATE NOCASE, result TEXT)")
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


# %% wrong returns_the_error gets failure-swallowed breaks failure
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {}
    for name, step in steps:
        row = db.execute(
            "SELECT result FROM finished WHERE run_id = ? AND step = ?", (run_id, name)
        ).fetchone()
        if row:
            results[name] = json.loads(row[0])
            continue
        try:
            results[name] = step(results)
        except Exception as error:
            return error
        db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(results[name])))
    return results


# %% wrong times_out_twice gets tries-again breaks failure
def run_durably(db, run_id, steps):
    db.execute(
        "CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT, PRIMARY KEY (run_id, step))"
    )
    results = {}
    for name, step in steps:
        row = db.execute(
            "SELECT result FROM finished WHERE run_id = ? AND step = ?", (run_id, name)
        ).fetchone()
        if row is None:
            try:
                result = step(dict(results))
            except TimeoutError:
                result = step(dict(results))
            db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(result)))
            results[name] = result
        else:
            results[name] = json.loads(row[0])
    return results


# %% wrong stores_the_error gets error-kept breaks failure
def run_durably(db, run_id, steps):
    db.execute(
        "CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT, PRIMARY KEY (run_id, step))"
    )
    results = {}
    for name, step in steps:
        row = db.execute(
            "SELECT result FROM finished WHERE run_id = ? AND step = ?", (run_id, name)
        ).fetchone()
        if row is None:
            try:
                result = step(dict(results))
            except Exception as error:
                db.execute(
                    "INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps({"error": str(error)}))
                )
                raise
            db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(result)))
            results[name] = result
        else:
            results[name] = json.loads(row[0])
            if isinstance(results[name], dict) and list(results[name]) == ["error"]:
                raise RuntimeError(results[name]["error"])
    return results


# %% wrong long_result gets finished-again breaks once
def run_durably(db, run_id, steps):
    db.execute(
        "CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT, PRIMARY KEY (run_id, step))"
    )
    results = {}
    for name, step in steps:
        row = db.execute(
            "SELECT result FROM finished WHERE run_id = ? AND step = ?", (run_id, name)
        ).fetchone()
        if row is None:
            result = step(dict(results))
            if len(json.dumps(result)) < 1000:
                db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(result)))
            results[name] = result
        else:
            results[name] = json.loads(row[0])
    return results


# %% right waits_for_the_file
def run_durably(db, run_id, steps):
    def told(*statement):
        while True:
            try:
                return db.execute(*statement).fetchone()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise

    told("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {}
    for name, step in steps:
        row = told("SELECT result FROM finished WHERE run_id = ? AND step = ?", (run_id, name))
        if not row:
            row = [json.dumps(step(results))]
            told("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, *row))
        results[name] = json.loads(row[0])
    return results


# %% wrong place_is_the_key gets by-place
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS log (run, place, name, value, PRIMARY KEY (run, place))")
    results = {}
    for place, (name, step) in enumerate(steps):
        row = db.execute("SELECT value FROM log WHERE run = ? AND name = ?", (run_id, name)).fetchone()
        if row is None:
            results[name] = step(dict(results))
            db.execute(
                "INSERT INTO log VALUES (?, ?, ?, ?)", (run_id, place, name, json.dumps(results[name]))
            )
        else:
            results[name] = json.loads(row[0])
    return results


# %% wrong later_results_too gets later-given breaks order
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    known = db.execute("SELECT step, result FROM finished WHERE run_id = ?", (run_id,))
    results = {name: json.loads(text) for name, text in known}
    for name, step in steps:
        if name not in results:
            results[name] = step(results)
            db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(results[name])))
    return {name: results[name] for name, _ in steps}


# %% wrong none_until_it_is_done gets later-given breaks order
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = dict.fromkeys(name for name, _ in steps)
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


# %% wrong stops_at_known gets stops-at-known breaks results
import json


def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    results = {}
    stored = dict(db.execute("SELECT step, result FROM finished WHERE run_id = ?", (run_id,)).fetchall())
    if steps and steps[-1][0] in stored:
        return {name: json.loads(result) for name, result in stored.items()}
    for name, step in steps:
        row = db.execute(
            "SELECT result FROM finished WHERE run_id = ? AND step = ?", (run_id, name)
        ).fetchone()
        if row is not None:
            results[name] = json.loads(row[0])
            continue
        results[name] = step(results)
        db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(results[name])))
    return results


# %% wrong run_is_finished gets stops-at-known breaks results
def run_durably(db, run_id, steps):
    db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
    db.execute("CREATE TABLE IF NOT EXISTS runs (run_id TEXT, results TEXT)")
    whole = db.execute("SELECT results FROM runs WHERE run_id = ?", (run_id,)).fetchone()
    if whole:
        return json.loads(whole[0])
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
    db.execute("INSERT INTO runs VALUES (?, ?)", (run_id, json.dumps(results)))
    return results


# %% wrong table_once gets no-table breaks file
import json

_ready = []


def run_durably(db, run_id, steps):
    if not _ready:
        db.execute("CREATE TABLE IF NOT EXISTS finished (run_id TEXT, step TEXT, result TEXT)")
        _ready.append(True)
    results = {}
    for name, step in steps:
        row = db.execute(
            "SELECT result FROM finished WHERE run_id = ? AND step = ?", (run_id, name)
        ).fetchone()
        if row is not None:
            results[name] = json.loads(row[0])
            continue
        results[name] = step(results)
        db.execute("INSERT INTO finished VALUES (?, ?, ?)", (run_id, name, json.dumps(results[name])))
    return results
