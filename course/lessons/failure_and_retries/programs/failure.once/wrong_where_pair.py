# gets: other-amount
def build_payment(connect):
    def prepare(): ...

    def pay(key, cents):
        with connect() as db:
            return (
                db.execute(
                    "INSERT INTO charges SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM charges WHERE key = ?1 AND cents = ?2)",
                    (key, cents),
                ).rowcount
                == 1
            )

    return prepare, pay
