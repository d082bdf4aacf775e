# gets: not-charged
def build_payment(connect):
    def prepare():
        connection = connect()
        with connection:
            connection.execute("CREATE UNIQUE INDEX once ON charges (key)")
        connection.close()

    def pay(key, cents):
        connection = connect()
        cursor = connection.execute("INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents))
        connection.close()
        return cursor.rowcount == 1

    return prepare, pay
