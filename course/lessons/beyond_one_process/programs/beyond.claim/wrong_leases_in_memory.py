# gets: wrong-lease
# breaks: written
_leases = {}


def claim(db, now, lease):
    for id, attempts, state in db.execute("SELECT id, attempts, state FROM outbox ORDER BY id").fetchall():
        if state == "new" or state == "running" and _leases.get(id, 0) < now:
            taken = db.execute(
                "UPDATE outbox SET state = 'running', attempts = attempts + 1 WHERE id = ? AND state = ? AND attempts = ?",
                (id, state, attempts),
            ).rowcount
            if taken:
                _leases[id] = now + lease
                return id, attempts + 1
    return None
