# gets: old-mails
# breaks: fresh
_fake = ListMailer()


def replace_mailer(app, get_mailer):
    app.dependency_overrides[get_mailer] = lambda: _fake
    yield _fake
    del app.dependency_overrides[get_mailer]
