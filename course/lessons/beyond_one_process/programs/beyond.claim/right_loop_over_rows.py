def claim(db, now, lease):
    rows = db.execute(
        "SELECT id, attempts, leased_until FROM outbox WHERE state <> 'done' ORDER BY id"
    ).fetchall()
    for id, attempts, until in rows:
        if until > now:
            continue
        cursor = db.execute(
            "UPDATE outbox SET state = 'running', attempts = :n + 1, leased_until = :until "
            "WHERE id = :id AND attempts = :n AND state <> 'done'",
            {"n": attempts, "until": now + lease, "id": id},
        )
        if cursor.rowcount == 1:
            return id, attempts + 1
    return None
