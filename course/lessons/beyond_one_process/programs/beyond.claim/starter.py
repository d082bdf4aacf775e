def claim(db, now, lease):
    """Take a row for `lease` seconds, and return (id, attempts); or None. Two things are wrong here."""
    row = db.execute("SELECT id, attempts FROM outbox WHERE state = 'new' ORDER BY id").fetchone()
    if row is None:
        return None
    db.execute("UPDATE outbox SET state = 'running', attempts = attempts + 1 WHERE id = ?", row[:1])
    return row[0], row[1] + 1
