# gets: others-removed
# breaks: others
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    before = dict(app.dependency_overrides)
    app.dependency_overrides[get_mailer] = lambda: fake
    yield fake
    app.dependency_overrides.clear()
    app.dependency_overrides.update(before)
