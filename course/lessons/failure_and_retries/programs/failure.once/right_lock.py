def build_payment(connect):
    lock = threading.Lock()

    def pay(key, cents):
        with lock:
            connection = connect()
            try:
                if connection.execute("SELECT 1 FROM charges WHERE key = ?", (key,)).fetchone():
                    return False
                connection.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
                connection.commit()
                return True
            finally:
                connection.close()

    return lambda: None, pay
