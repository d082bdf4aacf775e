def replace_mailer(app, get_mailer):
    fake = type("Fake", (ListMailer,), {})()
    app.dependency_overrides[get_mailer] = (lambda fake: lambda: fake)(fake)
    yield fake
    del app.dependency_overrides[get_mailer]
