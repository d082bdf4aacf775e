# gets: forgotten
def build_payment(connect):
    seen, lock = set(), threading.Lock()

    def prepare(): ...

    def pay(key, cents):
        with lock:
            if key in seen:
                return False
            seen.add(key)
        with connect() as db:
            db.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
        return True

    return prepare, pay
