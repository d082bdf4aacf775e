def build_payment(connect):
    def pay(key, cents):
        bank = connect()
        try:
            with bank:
                rows = bank.execute(
                    "INSERT INTO charges SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM charges WHERE key = ?1) "
                    "RETURNING key",
                    (key, cents),
                ).fetchall()
        finally:
            bank.close()
        return bool(rows)

    return print, pay
