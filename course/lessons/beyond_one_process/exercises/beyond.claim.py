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
            "SELECT id, attempts + 1 AS attempt FROM outbox "
            "WHERE state = 'new' OR state = 'running' AND leased_until < ? ORDER BY id LIMIT 1",
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
            "SELECT id, attempts FROM outbox "
            "WHERE state != 'done' AND (state = 'new' OR leased_until < ?) ORDER BY id",
            (now,),
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


# %% right cursor_and_class
from typing import NamedTuple


class Claim(NamedTuple):
    id: int
    attempts: int


def claim(db, now, lease):
    cursor = db.cursor()
    try:
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute(
            "SELECT id, attempts FROM outbox "
            "WHERE state = 'new' OR (state IN ('running') AND leased_until < ?) ORDER BY id LIMIT 1",
            (now,),
        )
        found = cursor.fetchone()
        if found is None:
            cursor.execute("ROLLBACK")
            return None
        cursor.execute(
            "UPDATE outbox SET state = 'running', attempts = ?, leased_until = ? WHERE id = ?",
            (found[1] + 1, now + lease, found[0]),
        )
        cursor.execute("COMMIT")
        return Claim(found[0], found[1] + 1)
    except sqlite3.Error:
        if db.in_transaction:
            cursor.execute("ROLLBACK")
        raise
    finally:
        cursor.close()


# %% right list
def claim(db, now, lease):
    db.execute("BEGIN")
    try:
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
    except BaseException:
        db.rollback()
        raise
    return result


# %% right loop_over_rows
def claim(db, now, lease):
    rows = db.execute(
        "SELECT id, attempts, state, leased_until FROM outbox WHERE state <> 'done' ORDER BY id"
    ).fetchall()
    for id, attempts, state, until in rows:
        if state == "running" and until >= now:
            continue
        cursor = db.execute(
            "UPDATE outbox SET state = 'running', attempts = :n + 1, leased_until = :until "
            "WHERE id = :id AND attempts = :n AND state <> 'done'",
            {"n": attempts, "until": now + lease, "id": id},
        )
        if cursor.rowcount == 1:
            return id, attempts + 1
    return None


# %% wrong open_when_none gets left-open breaks closed
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


# %% wrong own_clock gets own-clock breaks written
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


# %% wrong late_by_a_lease gets never-recovers breaks oldest
def claim(db, now, lease):
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE state = 'new' OR (state = 'running' AND leased_until + 30 < ?)
                       ORDER BY id LIMIT 1)
           RETURNING id, attempts""",
        (now + lease, now),
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


# %% wrong open gets not-committed breaks closed
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


# %% wrong deferred gets raced breaks alone
def claim(db, now, lease):
    "BEGIN IMMEDIATE"
    try:
        row = db.execute(
            "SELECT id, attempts FROM outbox "
            "WHERE state != 'done' AND (state = 'new' OR leased_until < ?) ORDER BY id",
            (now,),
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


# %% wrong abandoned_races gets raced breaks alone
def claim(db, now, lease):
    while True:
        row = db.execute(
            "SELECT id, attempts, state FROM outbox WHERE state = 'new' OR (state = 'running' AND leased_until < ?) ORDER BY id",
            (now,),
        ).fetchone()
        if row is None:
            return None
        taken = db.execute(
            "UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ? WHERE id = ? AND state = ?",
            (now + lease, row[0], row[2]),
        ).rowcount
        if taken:
            return row[0], row[1] + 1


# %% wrong lock_in_memory gets raced breaks alone
import threading

_lock = threading.Lock()


def claim(db, now, lease):
    with _lock:
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


# %% wrong lease_is_duration gets wrong-lease breaks written
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


# %% wrong takes_leased gets takes-leased breaks oldest
def claim(db, now, lease):
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE state = 'new' OR (state = 'running' AND ? IS NOT NULL)
                       ORDER BY id LIMIT 1)
           RETURNING id, attempts""",
        (now + lease, now),
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


# %% wrong attempts_before gets wrong-row breaks oldest
def claim(db, now, lease):
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE state = 'new' OR (state = 'running' AND leased_until < ?)
                       ORDER BY id LIMIT 1)
           RETURNING id, attempts - 1""",
        (now + lease, now),
    ).fetchone()


# %% wrong begins_with_a_look gets deadlock breaks alone
def claim(db, now, lease):
    db.execute("BEGIN")
    try:
        row = db.execute(
            "SELECT id, attempts FROM outbox WHERE state = 'new' OR (state = 'running' AND leased_until < ?) ORDER BY id",
            (now,),
        ).fetchone()
        if row:
            db.execute(
                "UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ? WHERE id = ?",
                (now + lease, row[0]),
            )
    finally:
        db.commit()
    return (row[0], row[1] + 1) if row else None


# %% wrong lost_gives_up gets gives-up breaks alone
def claim(db, now, lease):
    row = db.execute(
        "SELECT id, attempts FROM outbox WHERE state = 'new' OR (state = 'running' AND leased_until < ?)"
        " ORDER BY id LIMIT 1",
        (now,),
    ).fetchone()
    if row is None:
        return None
    taken = db.execute(
        "UPDATE outbox SET state = 'running', attempts = ?, leased_until = ? WHERE id = ? AND attempts = ?",
        (row[1] + 1, now + lease, row[0], row[1]),
    ).rowcount
    return (row[0], row[1] + 1) if taken else None


# %% wrong counts_for_itself gets not-counted breaks written
def claim(db, now, lease):
    return db.execute(
        """UPDATE outbox SET state = 'running', leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE state = 'new' OR (state = 'running' AND leased_until < ?)
                       ORDER BY id LIMIT 1)
           RETURNING id, attempts + 1""",
        (now + lease, now),
    ).fetchone()


# %% wrong own_table gets table-changed breaks written
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


# %% wrong all gets takes-more breaks written
def claim(db, now, lease):
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id IN (SELECT id FROM outbox
                       WHERE state = 'new' OR (state = 'running' AND leased_until < ?)
                       ORDER BY id)
           RETURNING id, attempts""",
        (now + lease, now),
    ).fetchone()


# %% wrong constant_lease gets wrong-lease breaks written
def claim(db, now, lease):
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE state = 'new' OR (state = 'running' AND leased_until < ?)
                       ORDER BY id LIMIT 1)
           RETURNING id, attempts""",
        (now + 30, now),
    ).fetchone()


# %% wrong leases_in_memory gets wrong-lease breaks written
_leases = {}


def claim(db, now, lease):
    for id, attempts, state in db.execute("SELECT id, attempts, state FROM outbox ORDER BY id").fetchall():
        if state == "new" or state == "running" and _leases.get(id, 0) < now:
            taken = db.execute(
                "UPDATE outbox SET state = 'running', attempts = attempts + 1 WHERE id = ? AND state = ? AND attempts = ?",
                (id, state, attempts),
            ).rowcount
            if taken:
                _leases[id] = now + lease
                return id, attempts + 1
    return None


# %% wrong any_order gets wrong-order breaks oldest
def claim(db, now, lease):
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE state = 'new' OR (state = 'running' AND leased_until < ?)
                       ORDER BY leased_until, id LIMIT 1)
           RETURNING id, attempts""",
        (now + lease, now),
    ).fetchone()


# %% wrong new_first gets wrong-order breaks oldest
def claim(db, now, lease):
    return db.execute(
        "UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = :until WHERE id = "
        "(SELECT id FROM outbox WHERE state = 'new' OR state = 'running' AND leased_until < :now ORDER BY state, id LIMIT 1)"
        " RETURNING id, attempts",
        {"now": now, "until": now + lease},
    ).fetchone()


# %% wrong other_state gets wrong-state breaks written
def claim(db, now, lease):
    return db.execute(
        """UPDATE outbox SET state = 'leased', attempts = attempts + 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE state = 'new' OR (state = 'leased' AND leased_until < ?)
                       ORDER BY id LIMIT 1)
           RETURNING id, attempts""",
        (now + lease, now),
    ).fetchone()


# %% wrong rollback gets wrong-state breaks written
def claim(db, now, lease):
    db.execute("BEGIN")
    row = db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE state = 'new' OR (state = 'running' AND leased_until < ?)
                       ORDER BY id LIMIT 1)
           RETURNING id, attempts""",
        (now + lease, now),
    ).fetchone()
    db.rollback()
    return row


# %% wrong lease_over_now gets takes-leased breaks oldest
def claim(db, now, lease):
    return db.execute(
        "UPDATE outbox SET state='running', attempts=attempts+1, leased_until=? WHERE id = (SELECT id FROM outbox WHERE state='new' OR (state='running' AND leased_until <= ?) ORDER BY id LIMIT 1) RETURNING id, attempts",
        (now + lease, now),
    ).fetchone()


# %% wrong whole_seconds gets wrong-lease breaks written
def claim(db, now, lease):
    return db.execute(
        "UPDATE outbox SET state='running', attempts=attempts+1, leased_until=? WHERE id = (SELECT id FROM outbox WHERE state='new' OR (state='running' AND leased_until < ?) ORDER BY id LIMIT 1) RETURNING id, attempts",
        (int(now + lease), now),
    ).fetchone()


# %% wrong text_order gets wrong-row breaks oldest
def claim(db, now, lease):
    """Take a row for `lease` seconds, and return (id, attempts); or None."""
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE state = 'new' OR (state = 'running' AND leased_until < ?)
                       ORDER BY CAST(id AS TEXT) LIMIT 1)
           RETURNING id, attempts""",
        (now + lease, now),
    ).fetchone()


# %% wrong five_attempts gets tried-often breaks oldest
def claim(db, now, lease):
    """Take a row for `lease` seconds, and return (id, attempts); or None."""
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE attempts < 5 AND (state = 'new' OR (state = 'running' AND leased_until < ?))
                       ORDER BY id LIMIT 1)
           RETURNING id, attempts""",
        (now + lease, now),
    ).fetchone()


# %% wrong lease_at_least gets wrong-lease breaks written
def claim(db, now, lease):
    """Take a row for `lease` seconds, and return (id, attempts); or None."""
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE state = 'new' OR (state = 'running' AND leased_until < ?)
                       ORDER BY id LIMIT 1)
           RETURNING id, attempts""",
        (now + max(lease, 1), now),
    ).fetchone()


# %% right union
def claim(db, now, lease):
    with db:
        found = db.execute(
            "UPDATE outbox SET state='running', leased_until=?1+?2, attempts=attempts+1 WHERE rowid IN (SELECT rowid FROM outbox WHERE state='new' UNION SELECT rowid FROM outbox WHERE state='running' AND leased_until<?1) AND id = (SELECT min(id) FROM outbox WHERE state='new' OR state='running' AND leased_until<?1) RETURNING id, attempts",
            (now, lease),
        ).fetchall()
    return found[0] if found else None


# %% right exclusive
from contextlib import ExitStack


def claim(db, now, lease):
    db.execute("BEGIN EXCLUSIVE")
    with ExitStack() as when_it_fails:
        when_it_fails.callback(db.execute, "ROLLBACK")
        row = db.execute(
            "SELECT min(id) FROM outbox WHERE state = 'new' OR (state = 'running' AND ? > leased_until)",
            [now],
        ).fetchone()
        answer = None
        if row[0] is not None:
            db.execute(
                "UPDATE outbox SET attempts = attempts + 1, state = 'running', leased_until = ? WHERE id = ?",
                [now + lease, row[0]],
            )
            answer = db.execute("SELECT id, attempts FROM outbox WHERE id = ?", row).fetchone()
        db.execute("COMMIT")
        when_it_fails.pop_all()
    return answer


# %% right waits_for_the_lock
def claim(db, now, lease):
    while True:
        try:
            db.execute("BEGIN IMMEDIATE")
            break
        except sqlite3.OperationalError:
            time.sleep(0.001)
    with db:
        row = db.execute(
            "SELECT id, attempts FROM outbox WHERE state = 'new' OR state = 'running' AND leased_until < ? "
            "ORDER BY id LIMIT 1",
            (now,),
        ).fetchone()
        if row is None:
            return None
        id, attempts = row
        db.execute(
            "UPDATE outbox SET state = 'running', attempts = ?, leased_until = ? WHERE id = ?",
            (attempts + 1, now + lease, id),
        )
    return id, attempts + 1


# %% wrong read_back gets same-row breaks alone
def claim(db, now, lease):
    n = db.execute(
        "UPDATE outbox SET state='running', attempts=attempts+1, leased_until=?1+?2 WHERE id=(SELECT id FROM outbox WHERE state='new' OR (state='running' AND leased_until<?1) ORDER BY id LIMIT 1)",
        (now, lease),
    ).rowcount
    if not n:
        return None
    return db.execute(
        "SELECT id, attempts FROM outbox WHERE state='running' AND leased_until=? ORDER BY id DESC",
        (now + lease,),
    ).fetchone()


# %% wrong fractions gets never-recovers breaks oldest
def claim(db, now, lease):
    return db.execute(
        "UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?1 + ?2 WHERE id = "
        "(SELECT id FROM outbox WHERE state = 'new' OR (state = 'running' AND CAST(leased_until AS INTEGER) < CAST(?1 AS INTEGER)) ORDER BY id LIMIT 1) RETURNING id, attempts",
        (now, lease),
    ).fetchone()


# %% wrong swallows_error gets error-hidden breaks oldest
import sqlite3


def claim(db, now, lease):
    try:
        rows = db.execute(
            "UPDATE outbox SET state='running', attempts=attempts+1, leased_until=?1+?2 WHERE id=(SELECT id FROM outbox WHERE state='new' OR (state='running' AND leased_until<?1) ORDER BY id LIMIT 1) RETURNING id, attempts",
            (now, lease),
        ).fetchall()
    except sqlite3.Error:
        return None
    return rows[0] if rows else None


# %% wrong retries_locked_none gets error-hidden breaks oldest
import sqlite3


def claim(db, now, lease):
    try:
        db.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        return None
    row = db.execute(
        "SELECT id, attempts FROM outbox WHERE state='new' OR (state='running' AND leased_until<?) ORDER BY id LIMIT 1",
        (now,),
    ).fetchone()
    if row:
        db.execute(
            "UPDATE outbox SET state='running', attempts=attempts+1, leased_until=? WHERE id=?",
            (now + lease, row[0]),
        )
    db.execute("COMMIT")
    return row and (row[0], row[1] + 1)


# %% wrong empty_tuple gets not-none breaks oldest
def claim(db, now, lease):
    row = db.execute(
        "UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?1 + ?2 WHERE id = "
        "(SELECT id FROM outbox WHERE state = 'new' OR (state = 'running' AND leased_until < ?1) ORDER BY id LIMIT 1) RETURNING id, attempts",
        (now, lease),
    ).fetchall()
    return row[0] if row else ()


# %% wrong first_rows gets wrong-row breaks oldest
def claim(db, now, lease):
    db.execute("BEGIN IMMEDIATE")
    try:
        rows = db.execute(
            "SELECT id, attempts, state, leased_until FROM outbox ORDER BY id LIMIT 20"
        ).fetchall()
        free = [r for r in rows if r[2] == "new" or r[2] == "running" and r[3] < now]
        if not free:
            return None
        db.execute(
            "UPDATE outbox SET state='running', attempts=attempts+1, leased_until=? WHERE id=?",
            (now + lease, free[0][0]),
        )
        return free[0][0], free[0][1] + 1
    finally:
        db.execute("COMMIT")


# %% wrong begins_and_fails gets open-after-error breaks closed
def claim(db, now, lease):
    db.execute("BEGIN IMMEDIATE")
    rows = db.execute(
        "UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ? "
        "WHERE id = (SELECT id FROM outbox WHERE state = 'new' OR (state = 'running' AND leased_until < ?) "
        "ORDER BY id LIMIT 1) RETURNING id, attempts",
        (now + lease, now),
    ).fetchall()
    db.execute("COMMIT")
    return rows[0] if rows else None


# %% wrong rolls_back_and_hides gets error-lost breaks oldest
def claim(db, now, lease):
    db.execute("BEGIN IMMEDIATE")
    try:
        rows = db.execute(
            "UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ? "
            "WHERE id = (SELECT id FROM outbox WHERE state = 'new' OR (state = 'running' AND leased_until < ?) "
            "ORDER BY id LIMIT 1) RETURNING id, attempts",
            (now + lease, now),
        ).fetchall()
    except sqlite3.Error:
        db.execute("ROLLBACK")
        return None
    db.execute("COMMIT")
    return rows[0] if rows else None


# %% wrong only_locked_comes_out gets error-lost breaks oldest
def claim(db, now, lease):
    try:
        return db.execute(
            "UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ? "
            "WHERE id = (SELECT id FROM outbox WHERE state = 'new' OR (state = 'running' AND leased_until < ?) "
            "ORDER BY id LIMIT 1) RETURNING id, attempts",
            (now + lease, now),
        ).fetchone()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise
        return None


# %% wrong refused_is_nothing gets error-lost breaks oldest
def claim(db, now, lease):
    try:
        return db.execute(
            "UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ? "
            "WHERE id = (SELECT id FROM outbox WHERE state = 'new' OR (state = 'running' AND leased_until < ?) "
            "ORDER BY id LIMIT 1) RETURNING id, attempts",
            (now + lease, now),
        ).fetchone()
    except sqlite3.IntegrityError:
        return None


# %% right savepoint
def claim(db, now, lease):
    db.execute("BEGIN IMMEDIATE")
    db.execute("SAVEPOINT look")
    try:
        rows = db.execute(
            "UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ? "
            "WHERE id = (SELECT id FROM outbox WHERE state = 'new' OR (state = 'running' AND leased_until < ?) "
            "ORDER BY id LIMIT 1) RETURNING id, attempts",
            (now + lease, now),
        ).fetchall()
    except sqlite3.Error as error:
        db.execute("ROLLBACK TO look")
        raise sqlite3.OperationalError(f"no claim: {error}") from error
    finally:
        db.execute("COMMIT")
    return rows[0] if rows else None


# %% right by_its_lease
def claim(db, now, lease):
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox WHERE state <> 'done' AND leased_until < ? ORDER BY id LIMIT 1)
           RETURNING id, attempts""",
        (now + lease, now),
    ).fetchone()


# %% wrong running_since gets tried-often breaks oldest
def claim(db, now, lease):
    rows = db.execute(
        "UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = :until WHERE id = ("
        " SELECT id FROM outbox WHERE state = 'new' OR state = 'running' AND leased_until < :now AND attempts < 5"
        " ORDER BY id LIMIT 1) RETURNING id, attempts",
        {"now": now, "until": now + lease},
    ).fetchall()
    return rows[0] if rows else None


# %% wrong new_three_times gets tried-often breaks oldest
def claim(db, now, lease):
    return db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE (state = 'new' AND attempts < 3) OR (state = 'running' AND leased_until < ?)
                       ORDER BY id LIMIT 1)
           RETURNING id, attempts""",
        (now + lease, now),
    ).fetchone()


# %% wrong closes_the_connection gets closes-db
def claim(db, now, lease):
    row = db.execute(
        """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
           WHERE id = (SELECT id FROM outbox
                       WHERE state = 'new' OR (state = 'running' AND leased_until < ?)
                       ORDER BY id LIMIT 1)
           RETURNING id, attempts""",
        (now + lease, now),
    ).fetchone()
    db.commit()
    db.close()
    return row
