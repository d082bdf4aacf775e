# gets: takes-more
# breaks: written
def claim(db, now, lease):
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id IN (SELECT id FROM outbox
                       WHERE state = 'new' OR (state = 'running' AND leased_until < ?)
                       ORDER BY id)
           RETURNING id, attempts""",
        (now + lease, now),
    ).fetchone()
