def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    with patch.dict(app.dependency_overrides, {get_notifications: lambda: fake}):
        with TestClient(app) as client:
            reply = client.post("/orders", json={"email": "ada@example.com"})
    assert (reply.status_code, fake.sent) == (202, [(reply.json()["id"], "ada@example.com")])
