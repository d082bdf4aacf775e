from typing import NamedTuple


class Claim(NamedTuple):
    id: int
    attempts: int


def claim(db, now, lease):
    cursor = db.cursor()
    try:
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute(
            "SELECT id, attempts FROM outbox WHERE state IN ('new', 'running') AND leased_until <= ? ORDER BY id LIMIT 1",
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
    finally:
        cursor.close()
