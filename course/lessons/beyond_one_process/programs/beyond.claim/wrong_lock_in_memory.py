# gets: raced
# breaks: alone
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
