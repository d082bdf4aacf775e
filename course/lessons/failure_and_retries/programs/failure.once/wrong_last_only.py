# gets: charged-again
def build_payment(connect):
    lock, last = threading.Lock(), []

    def prepare(): ...

    def pay(key, cents):
        with lock:
            if last and last[-1] == key:
                return False
            last.append(key)
            with connect() as db:
                db.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
            return True

    return prepare, pay
