# gets: charged-again
def build_payment(connect):
    def prepare():
        pass

    def pay(key, cents):
        connection = connect()
        with connection:
            cursor = connection.execute("INSERT INTO charges VALUES (?, ?) ", (key, cents))
        connection.close()
        return True

    return prepare, pay
