# gets: real-mail
# breaks: mail
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides[type(get_notifications())] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.clear()
    assert reply.status_code == 202
    assert fake.sent == [(reply.json()["id"], "ada@example.com")]
