from contextlib import ExitStack


def test_confirmation(app, get_notifications):
    told = []

    class Fake:
        def send_order_confirmation(self, **named):
            told.append(named)

    with ExitStack() as stack:
        stack.enter_context(patch.dict(app.dependency_overrides, {get_notifications: Fake}))
        client = stack.enter_context(TestClient(app))
        reply = client.post("/orders", json={"email": "eve@example.com"})
    assert reply.status_code == 202
    assert told == [{"order_id": reply.json()["id"], "to": "eve@example.com"}]
