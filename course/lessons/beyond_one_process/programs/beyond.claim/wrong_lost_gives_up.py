# gets: gives-up
# breaks: alone
def claim(db, now, lease):
    row = db.execute(
        "SELECT id, attempts FROM outbox WHERE state = 'new' OR (state = 'running' AND leased_until <= ?)"
        " ORDER BY id LIMIT 1",
        (now,),
    ).fetchone()
    if row is None:
        return None
    taken = db.execute(
        "UPDATE outbox SET state = 'running', attempts = ?, leased_until = ? WHERE id = ? AND attempts = ?",
        (row[1] + 1, now + lease, row[0], row[1]),
    ).rowcount
    return (row[0], row[1] + 1) if taken else None
