# gets: others-back
# breaks: others
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    before = dict(app.dependency_overrides)
    app.dependency_overrides[get_mailer] = lambda: fake
    yield fake
    del app.dependency_overrides[get_mailer]
    app.dependency_overrides.update(before)
