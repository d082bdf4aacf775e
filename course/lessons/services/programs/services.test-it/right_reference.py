def test_confirmation(app: FastAPI, get_notifications) -> None:
    """Passes if the shop confirms orders as it should, fails (AssertionError) if not."""
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.clear()
    assert reply.status_code == 202
    assert fake.sent == [(reply.json()["id"], "ada@example.com")]
