def test_confirmation(app, get_notifications):
    with (
        patch.object(type(get_notifications()), "send_order_confirmation") as send,
        TestClient(app) as client,
    ):
        reply = client.post("/orders", json={"email": "ada@example.com"})
    assert reply.status_code == 202
    send.assert_called_once_with(order_id=reply.json()["id"], to="ada@example.com")
