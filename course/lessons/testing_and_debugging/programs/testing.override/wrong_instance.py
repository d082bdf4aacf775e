# gets: not-callable
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    app.dependency_overrides[get_mailer] = fake
    yield fake
    del app.dependency_overrides[get_mailer]
