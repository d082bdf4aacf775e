def build_payment(connect):
    def run(*statements):
        bank = connect()
        try:
            with bank:
                return [bank.execute(*each).rowcount for each in statements]
        finally:
            bank.close()

    def prepare():
        run(("CREATE TABLE keys (key TEXT PRIMARY KEY)",))

    def pay(key, cents):
        try:
            run(("INSERT INTO keys VALUES (?)", (key,)), ("INSERT INTO charges VALUES (?, ?)", (key, cents)))
        except sqlite3.IntegrityError:
            return False
        return True

    return prepare, pay
