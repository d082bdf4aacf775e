# gets: not-yielded
# breaks: replaced
def replace_mailer(app, get_mailer):
    fake = mock.Mock()
    app.dependency_overrides[get_mailer] = lambda: fake
    yield fake
    del app.dependency_overrides[get_mailer]
