# gets: not-restored
# breaks: restored
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    app.dependency_overrides[get_mailer] = lambda: fake
    yield fake
    app.dependency_overrides[get_mailer] = get_mailer
