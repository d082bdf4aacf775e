def test_confirmation(app: FastAPI, get_notifications) -> None:
    """Passes if the shop confirms orders as it should, fails (AssertionError) if not."""
    fake = FakeNotifications()
    ____
    TestClient(app).post("/orders", json={"email": "ada@example.com"})
    assert fake.sent == ____
