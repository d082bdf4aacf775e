# gets: raced
# breaks: alone
def claim(db, now, lease):
    while True:
        row = db.execute(
            "SELECT id, attempts, state FROM outbox WHERE state = 'new' OR (state = 'running' AND leased_until < ?) ORDER BY id",
            (now,),
        ).fetchone()
        if row is None:
            return None
        taken = db.execute(
            "UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ? WHERE id = ? AND state = ?",
            (now + lease, row[0], row[2]),
        ).rowcount
        if taken:
            return row[0], row[1] + 1
