# gets: other-instance
# breaks: replaced
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    app.dependency_overrides[get_mailer] = ListMailer
    yield fake
    del app.dependency_overrides[get_mailer]
