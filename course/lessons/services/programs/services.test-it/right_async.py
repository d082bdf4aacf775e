import httpx


async def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            reply = await client.post("/orders", json={"email": "ada@example.com"})
    finally:
        del app.dependency_overrides[get_notifications]
    assert (reply.status_code, fake.sent) == (202, [(reply.json()["id"], "ada@example.com")])
