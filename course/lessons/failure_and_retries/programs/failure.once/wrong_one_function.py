# gets: not-two
def build_payment(connect):
    def pay(key, cents):
        return True

    return pay
