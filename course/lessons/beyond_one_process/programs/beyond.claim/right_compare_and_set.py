def claim(db, now, lease):
    while True:
        row = db.execute(
            "SELECT id, attempts, state FROM outbox "
            "WHERE state = 'new' OR (state = 'running' AND leased_until < ?) ORDER BY id LIMIT 1",
            [now],
        ).fetchone()
        if row is None:
            return None
        id, attempts, state = row
        changed = db.execute(
            "UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ? "
            "WHERE id = ? AND attempts = ? AND state = ?",
            [now + lease, id, attempts, state],
        ).rowcount
        if changed:
            return [id, attempts + 1]
