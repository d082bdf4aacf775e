# gets: forgotten
# breaks: restart
def build_payment(connect):
    seen, lock = set(), threading.Lock()

    def prepare(): ...

    def pay(key, cents):
        with lock:
            if key in seen:
                return False
            connection = connect()
            with connection:
                connection.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
            connection.close()
            seen.add(key)
        return True

    return prepare, pay
