@contextlib.contextmanager
def replace_mailer(app, get_mailer):
    fake = mock.Mock(sent=[])
    fake.send.side_effect = fake.sent.append

    def provide():
        return fake

    before = dict(app.dependency_overrides)
    app.dependency_overrides = {**before, get_mailer: provide}
    try:
        yield fake
    finally:
        app.dependency_overrides = before
