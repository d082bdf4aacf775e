# gets: left-open
# breaks: closed
def claim(db, now, lease):
    db.execute("BEGIN IMMEDIATE")
    row = db.execute(
        "SELECT id, attempts FROM outbox WHERE state = 'new' OR (state = 'running' AND leased_until < ?) ORDER BY id",
        (now,),
    ).fetchone()
    if row is None:
        return None
    db.execute(
        "UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ? WHERE id = ?",
        (now + lease, row[0]),
    )
    db.execute("COMMIT")
    return row[0], row[1] + 1
