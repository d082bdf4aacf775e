# gets: raced
# breaks: threads
def build_payment(connect):
    def prepare():
        pass

    def pay(key, cents):
        connection = connect()
        there = connection.execute("SELECT 1 FROM charges WHERE key = ?", (key,)).fetchone()
        if not there:
            with connection:
                connection.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
        connection.close()
        return not there

    return prepare, pay
