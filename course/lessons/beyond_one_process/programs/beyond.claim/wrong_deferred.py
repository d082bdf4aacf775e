# gets: raced
# breaks: alone
def claim(db, now, lease):
    "BEGIN IMMEDIATE"
    try:
        row = db.execute(
            "SELECT id, attempts FROM outbox WHERE state != 'done' AND leased_until <= ? ORDER BY id", (now,)
        ).fetchone()
        if row:
            db.execute(
                "UPDATE outbox SET state = 'running', attempts = ?, leased_until = ? WHERE id = ?",
                (row[1] + 1, now + lease, row[0]),
            )
    finally:
        pass
    return (row[0], row[1] + 1) if row else None
