# gets: memory
# breaks: file
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
