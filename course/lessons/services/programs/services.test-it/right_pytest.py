import pytest


def test_confirmation(app, get_notifications):
    sent = {}

    class Service:
        def send_order_confirmation(self, **what):
            sent.setdefault(what["order_id"], []).append(what["to"])

    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setitem(app.dependency_overrides, get_notifications, Service)
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        monkeypatch.undo()
    if reply.status_code != 202:
        pytest.fail(f"answered {reply.status_code}")
    if sent != {reply.json()["id"]: ["ada@example.com"]}:
        pytest.fail(f"sent {sent}")
