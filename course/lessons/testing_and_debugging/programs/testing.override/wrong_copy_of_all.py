# gets: others-removed
# breaks: others
def replace_mailer(app, get_mailer):
    before = app.dependency_overrides
    fake = ListMailer()

    def provide_fake():
        yield fake

    app.dependency_overrides = {**before, get_mailer: provide_fake}
    try:
        yield fake
    finally:
        app.dependency_overrides = before
