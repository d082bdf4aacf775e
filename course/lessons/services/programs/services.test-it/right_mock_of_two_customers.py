from unittest.mock import Mock, call


def test_confirmation(app, get_notifications):
    fake = Mock(spec_set=["send_order_confirmation"])
    try:
        app.dependency_overrides = {get_notifications: lambda: fake}
        client = TestClient(app, raise_server_exceptions=False)
        replies = [client.post("/orders", json={"email": f"{name}@example.com"}) for name in ["ada", "bob"]]
    finally:
        app.dependency_overrides = {}
    assert [reply.status_code for reply in replies] == [202, 202]
    assert fake.mock_calls == [
        call.send_order_confirmation(order_id=reply.json()["id"], to=f"{name}@example.com")
        for reply, name in zip(replies, ["ada", "bob"])
    ]
