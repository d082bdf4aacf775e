# gets: real-mail
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    app.dependency_overrides[get_notifications] = lambda: fake
    assert fake.sent == [(reply.json()["id"], "ada@example.com")]
