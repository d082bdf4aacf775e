# gets: charged-again
def build_payment(connect):
    def prepare():
        pass

    def pay(key, cents):
        connection = connect()
        with connection:
            cursor = connection.execute(
                "INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents)
            )
        connection.close()
        return cursor.rowcount == 1

    return prepare, pay
