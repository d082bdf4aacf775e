# gets: others-removed
# breaks: others
def replace_mailer(app, get_mailer):
    fake = ListMailer()
    with mock.patch.dict(app.dependency_overrides, {get_mailer: lambda: fake}):
        yield fake
