@pytest.fixture
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    app.dependency_overrides[get_mailer] = lambda: fake
    yield fake
    app.dependency_overrides.pop(get_mailer)
