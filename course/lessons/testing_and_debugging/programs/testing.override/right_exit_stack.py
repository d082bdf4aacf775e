def replace_mailer(app, get_mailer):
    fake = ListMailer()
    stack = contextlib.ExitStack()
    app.dependency_overrides.update({get_mailer: lambda: fake})
    stack.callback(app.dependency_overrides.__delitem__, get_mailer)
    yield fake
    stack.close()
