def build_payment(connect):
    def pay(key, cents):
        connection = connect()
        connection.isolation_level = None
        connection.execute("BEGIN IMMEDIATE")
        there = connection.execute("SELECT count(*) FROM charges WHERE key = ?", (key,)).fetchone()[0]
        if not there:
            connection.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
        connection.execute("COMMIT")
        connection.close()
        return not there

    return (lambda: None), pay
