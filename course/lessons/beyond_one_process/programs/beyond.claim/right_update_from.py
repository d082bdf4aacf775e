def claim(db, now, lease):
    rows = db.execute(
        """WITH free AS (SELECT min(id) AS oldest FROM outbox
                         WHERE state = 'new' OR (state = 'running' AND leased_until < :now))
           UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = :now + :lease
           FROM free WHERE id = oldest RETURNING id, attempts""",
        {"now": now, "lease": lease},
    ).fetchall()
    return rows[0] if rows else None
