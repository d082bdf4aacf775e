# gets: real-called
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    with mock.patch.dict(globals(), {"get_mailer": lambda: fake}):
        yield fake
