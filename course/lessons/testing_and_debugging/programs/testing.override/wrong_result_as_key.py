# gets: real-called
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    app.dependency_overrides[type(get_mailer())] = lambda: fake
    yield fake
    app.dependency_overrides.pop(type(get_mailer()))
