# %% starter
def claim(db, now, lease):
    """Take a row for `lease` seconds, and return (id, attempts); or None. Two things are wrong here."""
    row = db.execute("SELECT id, attempts FROM outbox WHERE state = 'new' ORDER BY id").fetchone()
    if row is None:
        return None
    db.execute("UPDATE outbox SET state = 'running', attempts = attempts + 1 WHERE id = ?", row[:1])
    return row[0], row[1] + 1


# %% right reference
def claim(db, now, lease):
    """Take a row for `lease` seconds, and return (id, attempts); or None."""
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE state = 'new' OR (state = 'running' AND leased_until < ?)
                       ORDER BY id LIMIT 1)
           RETURNING id, attempts""",
        (now + lease, now),
    ).fetchone()


# %% right compare_and_set
def claim(db, now, lease):
    while True:
        row = db.execute(
            "SELECT id, attempts, state FROM outbox "
            "WHERE state = 'new' OR (state = 'running' AND leased_until < ?) ORDER BY id LIMIT 1",
            [now],
        ).fetchone()
        if row is None:
            return None
        id, attempts, state = row
        changed = db.execute(
            "UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ? "
            "WHERE id = ? AND attempts = ? AND state = ?",
            [now + lease, id, attempts, state],
        ).rowcount
        if changed:
            return [id, attempts + 1]


# %% right row_by_name
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


# %% right transaction
def claim(db, now, lease):
    db.execute("BEGIN IMMEDIATE")
    try:
        row = db.execute(
            "SELECT id, attempts FROM outbox WHERE state != 'done' AND leased_until <= ? ORDER BY id", (now,)
        ).fetchone()
        if row:
            db.execute(
                "UPDATE outbox SET state = 'running', attempts = ?, leased_until = ? WHERE id = ?",
                (row[1] + 1, now + lease, row[0]),
            )
    finally:
        db.execute("COMMIT")
    return (row[0], row[1] + 1) if row else None


# %% right update_from
def claim(db, now, lease):
    rows = db.execute(
        """WITH free AS (SELECT min(id) AS oldest FROM outbox
                         WHERE state = 'new' OR (state = 'running' AND leased_until < :now))
           UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = :now + :lease
           FROM free WHERE id = oldest RETURNING id, attempts""",
        {"now": now, "lease": lease},
    ).fetchall()
    return rows[0] if rows else None


# %% wrong open_when_none gets left-open
def claim(db, now, lease):
    db.execute("BEGIN IMMEDIATE")
    row = db.execute(
        "SELECT id, attempts FROM outbox WHERE state = 'new' OR (state = 'running' AND leased_until < ?) ORDER BY id",
        (now,),
    ).fetchone()
    if row is None:
        return None
    db.execute(
        "UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ? WHERE id = ?",
        (now + lease, row[0]),
    )
    db.execute("COMMIT")
    return row[0], row[1] + 1


# %% wrong atomic_only gets never-recovers
def claim(db, now, lease):
    """Take a row for `lease` seconds, and return (id, attempts); or None."""
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE state = 'new'
                       ORDER BY id LIMIT 1)
           RETURNING id, attempts""",
        (now + lease,),
    ).fetchone()


# %% wrong own_clock gets never-recovers
def claim(db, now, lease):
    """Take a row for `lease` seconds, and return (id, attempts); or None."""
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE state = 'new' OR (state = 'running' AND leased_until < ?)
                       ORDER BY id LIMIT 1)
           RETURNING id, attempts""",
        (time.time() + lease, time.time()),
    ).fetchone()


# %% wrong forgets_commit gets not-committed
def claim(db, now, lease):
    """Take a row for `lease` seconds, and return (id, attempts); or None."""
    db.execute("BEGIN")
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE state = 'new' OR (state = 'running' AND leased_until < ?)
                       ORDER BY id LIMIT 1)
           RETURNING id, attempts""",
        (now + lease, now),
    ).fetchone()


# %% wrong deferred gets raced
def claim(db, now, lease):
    "BEGIN IMMEDIATE"
    try:
        row = db.execute(
            "SELECT id, attempts FROM outbox WHERE state != 'done' AND leased_until <= ? ORDER BY id", (now,)
        ).fetchone()
        if row:
            db.execute(
                "UPDATE outbox SET state = 'running', attempts = ?, leased_until = ? WHERE id = ?",
                (row[1] + 1, now + lease, row[0]),
            )
    finally:
        pass
    return (row[0], row[1] + 1) if row else None


# %% wrong lease_only gets raced
def claim(db, now, lease):
    """Take a row for `lease` seconds, and return (id, attempts); or None. Two things are wrong here."""
    row = db.execute(
        "SELECT id, attempts FROM outbox WHERE state = 'new' OR (state = 'running' AND leased_until < ?) ORDER BY id",
        (now,),
    ).fetchone()
    if row is None:
        return None
    db.execute(
        "UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ? WHERE id = ?",
        (now + lease, row[0]),
    )
    return row[0], row[1] + 1


# %% wrong recheck_state_only gets raced
def claim(db, now, lease):
    while True:
        row = db.execute(
            "SELECT id, attempts, state FROM outbox "
            "WHERE state = 'new' OR (state = 'running' AND leased_until < ?) ORDER BY id LIMIT 1",
            [now],
        ).fetchone()
        if row is None:
            return None
        id, attempts, state = row
        changed = db.execute(
            "UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ? "
            "WHERE id = ? AND state = ?",
            [now + lease, id, state],
        ).rowcount
        if changed:
            return [id, attempts + 1]


# %% wrong lease_alone gets takes-done
def claim(db, now, lease):
    """Take a row for `lease` seconds, and return (id, attempts); or None."""
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE leased_until < ?
                       ORDER BY id LIMIT 1)
           RETURNING id, attempts""",
        (now + lease, now),
    ).fetchone()


# %% wrong any_running gets takes-leased
def claim(db, now, lease):
    """Take a row for `lease` seconds, and return (id, attempts); or None."""
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE state = 'new' OR state = 'running'
                       ORDER BY id LIMIT 1)
           RETURNING id, attempts""",
        (now + lease,),
    ).fetchone()


# %% wrong lease_is_duration gets takes-leased
def claim(db, now, lease):
    """Take a row for `lease` seconds, and return (id, attempts); or None."""
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE state = 'new' OR (state = 'running' AND leased_until < ?)
                       ORDER BY id LIMIT 1)
           RETURNING id, attempts""",
        (lease, now),
    ).fetchone()


# %% wrong newest_first gets wrong-row
def claim(db, now, lease):
    """Take a row for `lease` seconds, and return (id, attempts); or None."""
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE state = 'new' OR (state = 'running' AND leased_until < ?)
                       ORDER BY id DESC LIMIT 1)
           RETURNING id, attempts""",
        (now + lease, now),
    ).fetchone()


# %% wrong not_counted gets wrong-row
def claim(db, now, lease):
    """Take a row for `lease` seconds, and return (id, attempts); or None."""
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE state = 'new' OR (state = 'running' AND leased_until < ?)
                       ORDER BY id LIMIT 1)
           RETURNING id, attempts""",
        (now + lease, now),
    ).fetchone()
