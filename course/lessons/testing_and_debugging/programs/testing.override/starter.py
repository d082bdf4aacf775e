def replace_mailer(app, get_mailer):
    """A fixture: the app mails to the fake that this yields, and afterwards as before."""
    fake = ListMailer()
    ____
    yield fake
    ____
