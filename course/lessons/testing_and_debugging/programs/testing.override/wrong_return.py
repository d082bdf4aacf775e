# gets: not-a-generator
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    app.dependency_overrides[get_mailer] = lambda: fake
    return fake
