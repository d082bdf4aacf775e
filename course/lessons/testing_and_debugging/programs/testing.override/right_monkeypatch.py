def replace_mailer(app, get_mailer):
    fake = ListMailer()
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setitem(app.dependency_overrides, get_mailer, lambda: fake)
        yield fake
