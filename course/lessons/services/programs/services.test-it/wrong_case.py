# gets: misses-case
# breaks: broken
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.clear()
    assert reply.status_code == 202
    assert [(i, to.lower()) for i, to in fake.sent] == [(reply.json()["id"], "ada@example.com")]
