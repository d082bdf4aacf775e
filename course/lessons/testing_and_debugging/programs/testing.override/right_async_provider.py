def replace_mailer(app, get_mailer):
    fake = ListMailer()

    async def provide():
        yield fake

    app.dependency_overrides.setdefault(get_mailer, provide)
    try:
        yield fake
    finally:
        app.dependency_overrides.pop(get_mailer)
