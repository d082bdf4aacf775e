# gets: duplicate-raises
def build_payment(connect):
    def prepare():
        connection = connect()
        with connection:
            connection.execute("CREATE UNIQUE INDEX once ON charges (key)")
        connection.close()

    def pay(key, cents):
        connection = connect()
        with connection:
            cursor = connection.execute("INSERT INTO charges VALUES (?, ?) ", (key, cents))
        connection.close()
        return True

    return prepare, pay
