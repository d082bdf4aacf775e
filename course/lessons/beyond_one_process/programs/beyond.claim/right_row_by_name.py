def claim(db, now, lease):
    db.row_factory = sqlite3.Row
    db.execute("BEGIN EXCLUSIVE")
    with db:
        row = db.execute(
            "SELECT id, attempts + 1 AS attempt FROM outbox WHERE state <> 'done' AND leased_until < ? "
            "ORDER BY id LIMIT 1",
            (now,),
        ).fetchone()
        if not row:
            return None
        db.execute(
            "UPDATE outbox SET state = 'running', attempts = :attempt, leased_until = :until WHERE id = :id",
            {"attempt": row["attempt"], "id": row["id"], "until": now + lease},
        )
    return row["id"], row["attempt"]
