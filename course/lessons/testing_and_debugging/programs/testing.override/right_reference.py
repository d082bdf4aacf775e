def replace_mailer(app, get_mailer):
    """A fixture: the app mails to the fake that this yields, and afterwards as before."""
    fake = ListMailer()
    app.dependency_overrides[get_mailer] = lambda: fake
    yield fake
    del app.dependency_overrides[get_mailer]
