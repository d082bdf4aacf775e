# gets: wrong-order
# breaks: oldest
def claim(db, now, lease):
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE state = 'new' OR (state = 'running' AND leased_until < ?)
                       ORDER BY leased_until, id LIMIT 1)
           RETURNING id, attempts""",
        (now + lease, now),
    ).fetchone()
