@contextlib.contextmanager
def replace_mailer(app, get_mailer):
    fake = mock.Mock(sent=[])
    fake.send.side_effect = fake.sent.append

    def provide():
        return fake

    app.dependency_overrides.update({get_mailer: provide})
    try:
        yield fake
    finally:
        app.dependency_overrides.pop(get_mailer)
