# gets: table-changed
# breaks: written
def claim(db, now, lease):
    db.execute("ALTER TABLE outbox RENAME COLUMN leased_until TO until")
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE state = 'new' OR (state = 'running' AND until < ?)
                       ORDER BY id LIMIT 1)
           RETURNING id, attempts""",
        (now + lease, now),
    ).fetchone()
