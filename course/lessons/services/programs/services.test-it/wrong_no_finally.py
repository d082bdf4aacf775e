# gets: override-left
# breaks: left
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    assert reply.status_code == 202
    assert fake.sent == [(reply.json()["id"], "ada@example.com")]
    app.dependency_overrides.clear()
