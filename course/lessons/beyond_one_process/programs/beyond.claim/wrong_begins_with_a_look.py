# gets: deadlock
# breaks: alone
def claim(db, now, lease):
    db.execute("BEGIN")
    try:
        row = db.execute(
            "SELECT id, attempts FROM outbox WHERE state = 'new' OR (state = 'running' AND leased_until < ?) ORDER BY id",
            (now,),
        ).fetchone()
        if row:
            db.execute(
                "UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ? WHERE id = ?",
                (now + lease, row[0]),
            )
    finally:
        db.commit()
    return (row[0], row[1] + 1) if row else None
