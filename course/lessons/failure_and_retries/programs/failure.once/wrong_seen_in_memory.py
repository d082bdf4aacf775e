# gets: forgotten
def build_payment(connect):
    def prepare():
        pass

    def pay(key, cents):
        seen = pay.__dict__.setdefault("seen", set())
        if key in seen:
            return False
        connection = connect()
        connection.execute("SELECT 1").fetchone()
        with connection:
            connection.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
        connection.close()
        seen.add(key)
        return True

    return prepare, pay
