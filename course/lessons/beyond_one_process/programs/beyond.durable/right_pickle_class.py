import pickle


class Journal(dict):
    def __init__(self, db, run_id):
        super().__init__()
        self.db, self.run_id = db, run_id
        db.execute("CREATE TABLE IF NOT EXISTS journal (run TEXT, step TEXT, value BLOB, UNIQUE (run, step))")
        for step, value in db.execute("SELECT step, value FROM journal WHERE run = ?", (run_id,)):
            self[step] = pickle.loads(value)

    def keep(self, step, value):
        self[step] = value
        self.db.execute("INSERT INTO journal VALUES (?, ?, ?)", (self.run_id, step, pickle.dumps(value)))


def run_durably(db, run_id, steps):
    journal = Journal(db, run_id)
    for name, step in steps:
        if name not in journal:
            journal.keep(name, step(journal))
    return dict(journal)
