# gets: old-mails
# breaks: fresh
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    fake.sent = replace_mailer.__dict__.setdefault("sent", [])
    app.dependency_overrides[get_mailer] = lambda: fake
    yield fake
    del app.dependency_overrides[get_mailer]
