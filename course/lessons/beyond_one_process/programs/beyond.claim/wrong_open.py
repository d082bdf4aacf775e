# gets: not-committed
# breaks: closed
def claim(db, now, lease):
    db.execute("BEGIN")
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE state = 'new' OR (state = 'running' AND leased_until < ?)
                       ORDER BY id LIMIT 1)
           RETURNING id, attempts""",
        (now + lease, now),
    ).fetchone()
