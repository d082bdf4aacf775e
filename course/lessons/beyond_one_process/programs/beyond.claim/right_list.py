def claim(db, now, lease):
    db.execute("BEGIN")
    db.execute("UPDATE outbox SET state = state WHERE 0")
    ids = [
        r
        for r in db.execute(
            "SELECT id FROM outbox WHERE state='new' OR state='running' AND leased_until<? ORDER BY id",
            (now,),
        )
    ]
    result = None
    if ids:
        db.execute(
            "UPDATE outbox SET state='running', attempts=attempts+1, leased_until=? WHERE id=?",
            (now + lease, ids[0][0]),
        )
        result = list(db.execute("SELECT id, attempts FROM outbox WHERE id=?", ids[0]).fetchone())
    db.execute("COMMIT")
    return result
