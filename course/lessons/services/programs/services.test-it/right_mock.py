from unittest.mock import Mock


def test_confirmation(app, get_notifications):
    service = Mock()
    with patch.dict(app.dependency_overrides, {get_notifications: lambda: service}):
        reply = TestClient(app).post("/orders", json={"email": "bob@example.com"})
        assert reply.status_code == 202, reply.text
        service.send_order_confirmation.assert_called_once_with(
            order_id=reply.json()["id"], to="bob@example.com"
        )
