# gets: returns-a-verdict
def test_confirmation(app: FastAPI, get_notifications) -> None:
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    app.dependency_overrides.clear()
    return reply.status_code == 202 and fake.sent == [(reply.json()["id"], "ada@example.com")]
