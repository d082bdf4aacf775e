# %% starter
def test_confirmation(app: FastAPI, get_notifications) -> None:
    """Passes if the shop confirms orders as it should, fails (AssertionError) if not."""
    fake = FakeNotifications()
    ____
    TestClient(app).post("/orders", json={"email": "ada@example.com"})
    assert fake.sent == ____


# %% right reference
def test_confirmation(app: FastAPI, get_notifications) -> None:
    """Passes if the shop confirms orders as it should, fails (AssertionError) if not."""
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        del app.dependency_overrides[get_notifications]
    assert reply.status_code == 202
    assert fake.sent == [(reply.json()["id"], "ada@example.com")]


# %% right async
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
    assert reply.status_code == 202
    assert fake.sent == [(reply.json()["id"], "ada@example.com")]


# %% right exit_stack
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


# %% right mock
from unittest.mock import Mock


def test_confirmation(app, get_notifications):
    service = Mock()
    with patch.dict(app.dependency_overrides, {get_notifications: lambda: service}):
        reply = TestClient(app).post("/orders", json={"email": "bob@example.com"})
        assert reply.status_code == 202, reply.text
        service.send_order_confirmation.assert_called_once_with(
            order_id=reply.json()["id"], to="bob@example.com"
        )


# %% right mock_of_two_customers
from unittest.mock import Mock, call


def test_confirmation(app, get_notifications):
    fake = Mock(spec_set=["send_order_confirmation"])
    app.dependency_overrides |= {get_notifications: lambda: fake}
    try:
        client = TestClient(app, raise_server_exceptions=False)
        replies = [client.post("/orders", json={"email": f"{name}@example.com"}) for name in ["ada", "bob"]]
    finally:
        app.dependency_overrides.pop(get_notifications)
    assert [reply.status_code for reply in replies] == [202, 202]
    assert fake.mock_calls == [
        call.send_order_confirmation(order_id=reply.json()["id"], to=f"{name}@example.com")
        for reply, name in zip(replies, ["ada", "bob"])
    ]


# %% right patches_the_class
def test_confirmation(app, get_notifications):
    with (
        patch.object(type(get_notifications()), "send_order_confirmation") as send,
        TestClient(app) as client,
    ):
        reply = client.post("/orders", json={"email": "ada@example.com"})
    assert reply.status_code == 202
    send.assert_called_once_with(order_id=reply.json()["id"], to="ada@example.com")


# %% right pytest
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


# %% right patches_the_table
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    with patch.dict(app.dependency_overrides, {get_notifications: lambda: fake}):
        with TestClient(app) as client:
            reply = client.post("/orders", json={"email": "ada@example.com"})
    assert reply.status_code == 202
    assert fake.sent == [(reply.json()["id"], "ada@example.com")]


# %% wrong fixed_number gets fails-good-shop
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.pop(get_notifications, None)
    assert reply.status_code == 202
    assert fake.sent == [(123, "ada@example.com")]


# %% wrong override_by_object gets error-in-good-shop
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.pop(get_notifications, None)
    assert reply.status_code == 202
    assert fake.sent == [(reply.json()["id"], "ada@example.com")]


# %% wrong status_200 gets fails-good-shop
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.pop(get_notifications, None)
    assert reply.status_code == 200
    assert fake.sent == [(reply.json()["id"], "ada@example.com")]


# %% wrong id_one gets fails-good-shop breaks good
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
        assert reply.status_code == 202
        assert fake.sent == [(1, "ada@example.com")]
    finally:
        app.dependency_overrides.pop(get_notifications, None)


# %% wrong only_that_it_was_called gets misses-address
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.pop(get_notifications, None)
    assert reply.status_code == 202
    assert fake.sent


# %% wrong only_address gets misses-number
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.pop(get_notifications, None)
    assert reply.status_code == 202
    assert [to for _, to in fake.sent] == ["ada@example.com"]


# %% wrong id_in_reply_ignored gets misses-number breaks broken
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.pop(get_notifications, None)
    assert reply.status_code == 202
    assert [to for _, to in fake.sent] == ["ada@example.com"]


# %% wrong no_more_than_one gets misses-silent
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.pop(get_notifications, None)
    assert reply.status_code == 202
    assert len(fake.sent) < 2
    assert all(to == "ada@example.com" for _, to in fake.sent)


# %% wrong status_only gets misses-silent
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.pop(get_notifications, None)
    assert reply.status_code == 202


# %% wrong any_success gets misses-status
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.pop(get_notifications, None)
    assert reply.is_success
    assert fake.sent == [(reply.json()["id"], "ada@example.com")]


# %% wrong no_status gets misses-status breaks broken
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.pop(get_notifications, None)
    assert fake.sent == [(reply.json()["id"], "ada@example.com")]


# %% wrong contains gets misses-twice
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.pop(get_notifications, None)
    assert reply.status_code == 202
    assert (reply.json()["id"], "ada@example.com") in fake.sent


# %% wrong last_only gets misses-twice breaks broken
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.pop(get_notifications, None)
    assert reply.status_code == 202
    assert fake.sent[-1] == (reply.json()["id"], "ada@example.com")


# %% wrong cleans_only_on_success gets override-left
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    assert reply.status_code == 202
    assert fake.sent == [(reply.json()["id"], "ada@example.com")]
    app.dependency_overrides.pop(get_notifications, None)


# %% wrong left_behind gets override-left
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    assert reply.status_code == 202
    assert fake.sent == [(reply.json()["id"], "ada@example.com")]


# %% wrong no_finally gets override-left breaks left
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    assert reply.status_code == 202
    assert fake.sent == [(reply.json()["id"], "ada@example.com")]
    app.dependency_overrides.pop(get_notifications, None)


# %% wrong override_by_name gets real-mail
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides["get_notifications"] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.pop(get_notifications, None)
    assert reply.status_code == 202
    assert fake.sent == [(reply.json()["id"], "ada@example.com")]


# %% wrong override_by_type gets real-mail breaks mail
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides[type(get_notifications())] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.pop(get_notifications, None)
    assert reply.status_code == 202
    assert fake.sent == [(reply.json()["id"], "ada@example.com")]


# %% wrong rebinds gets real-mail
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    get_notifications = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.pop(get_notifications, None)
    assert reply.status_code == 202
    assert fake.sent == [(reply.json()["id"], "ada@example.com")]


# %% wrong too_late gets real-mail
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    app.dependency_overrides[get_notifications] = lambda: fake
    assert fake.sent == [(reply.json()["id"], "ada@example.com")]


# %% wrong returns_a_verdict gets returns-a-verdict
def test_confirmation(app: FastAPI, get_notifications) -> None:
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    app.dependency_overrides.pop(get_notifications, None)
    return reply.status_code == 202 and fake.sent == [(reply.json()["id"], "ada@example.com")]


# %% wrong case gets misses-case breaks broken
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.pop(get_notifications, None)
    assert reply.status_code == 202
    assert [(i, to.lower()) for i, to in fake.sent] == [(reply.json()["id"], "ada@example.com")]


# %% wrong cleans_up_after_assertions_only gets override-left breaks left
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
        assert reply.status_code == 202
        assert fake.sent == [(reply.json()["id"], "ada@example.com")]
    except AssertionError:
        app.dependency_overrides.pop(get_notifications, None)
        raise
    app.dependency_overrides.pop(get_notifications, None)


# %% wrong made_or_accepted gets misses-status breaks broken
def test_confirmation(app: FastAPI, get_notifications) -> None:
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.pop(get_notifications, None)
    assert reply.status_code in (201, 202)
    assert fake.sent == [(reply.json()["id"], "ada@example.com")]


# %% wrong begins_with gets misses-address breaks broken
def test_confirmation(app: FastAPI, get_notifications) -> None:
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.pop(get_notifications, None)
    assert reply.status_code == 202
    [(n, to)] = fake.sent
    assert n == reply.json()["id"] and to.startswith("ada")


# %% wrong another_error gets other-error breaks broken
def test_confirmation(app: FastAPI, get_notifications) -> None:
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.pop(get_notifications, None)
    assert reply.status_code == 202
    if fake.sent != [(reply.json()["id"], "ada@example.com")]:
        raise ValueError("wrong")


# %% wrong no_order_zero gets fails-good-shop breaks good
def test_confirmation(app: FastAPI, get_notifications) -> None:
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.pop(get_notifications, None)
    assert reply.status_code == 202
    assert fake.sent == [(reply.json()["id"], "ada@example.com")]
    assert reply.json()["id"]


# %% wrong up_to_a_thousand gets fails-good-shop breaks good
def test_confirmation(app: FastAPI, get_notifications) -> None:
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.pop(get_notifications, None)
    assert reply.status_code == 202
    assert fake.sent == [(reply.json()["id"], "ada@example.com")]
    assert reply.json()["id"] < 1000


# %% right generator
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()

    def override():
        yield fake

    app.dependency_overrides[get_notifications] = override
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
        assert (reply.status_code, [(reply.json().get("id"), "ada@example.com")]) == (202, fake.sent)
    finally:
        del app.dependency_overrides[get_notifications]


# %% right on_a_loop_of_its_own
import asyncio, threading, httpx


def test_confirmation(app, get_notifications):
    sent, out = [], []

    class Stub:
        def send_order_confirmation(self, *args, **kw):
            sent.append((args, kw))

    async def go():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as c:
            out.append(await c.post("/orders", json={"email": "zoë@example.com"}))

    app.dependency_overrides[get_notifications] = Stub
    try:
        t = threading.Thread(target=lambda: asyncio.run(go()))
        t.start()
        t.join()
    finally:
        del app.dependency_overrides[get_notifications]
    assert out and out[0].status_code == 202
    assert sent == [((), {"order_id": out[0].json()["id"], "to": "zoë@example.com"})]


# %% wrong number_before_status gets error-page breaks broken
def test_confirmation(app, get_notifications) -> None:
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.pop(get_notifications, None)
    order_id = reply.json()["id"]
    assert (reply.status_code, fake.sent) == (202, [(order_id, "ada@example.com")])


# %% wrong stand_in_of_the_module gets remembers breaks good
the_fake = FakeNotifications()


def test_confirmation(app, get_notifications) -> None:
    app.dependency_overrides[get_notifications] = lambda: the_fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    finally:
        app.dependency_overrides.pop(get_notifications, None)
    assert reply.status_code == 202
    assert the_fake.sent == [(reply.json()["id"], "ada@example.com")]


# %% wrong clears_all gets override-of-others breaks left
from fastapi import FastAPI
from fastapi.testclient import TestClient


def test_confirmation(app: FastAPI, get_notifications) -> None:
    fake = FakeNotifications()
    app.dependency_overrides[get_notifications] = lambda: fake
    try:
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
        assert reply.status_code == 202
        assert fake.sent == [(reply.json()["id"], "ada@example.com")]
    finally:
        app.dependency_overrides.clear()


# %% wrong others_off_meanwhile gets others-off breaks left
def test_confirmation(app, get_notifications):
    fake = FakeNotifications()
    with patch.object(app, "dependency_overrides", {get_notifications: lambda: fake}):
        reply = TestClient(app).post("/orders", json={"email": "ada@example.com"})
    assert reply.status_code == 202
    assert fake.sent == [(reply.json()["id"], "ada@example.com")]


# %% wrong next_number_is_greater gets fails-falling breaks good
from unittest.mock import patch
from fastapi import FastAPI
from fastapi.testclient import TestClient


def test_confirmation(app: FastAPI, get_notifications) -> None:
    fake = FakeNotifications()
    expected = []
    with patch.dict(app.dependency_overrides, {get_notifications: lambda: fake}):
        for to in ["ada@example.com", "bob@example.com"]:
            reply = TestClient(app, raise_server_exceptions=False).post("/orders", json={"email": to})
            assert reply.status_code == 202
            assert "id" in reply.json()
            expected.append((reply.json()["id"], to))
    assert fake.sent == expected
    assert expected[0][0] < expected[1][0]


# %% wrong asserts_in_the_stand_in gets hidden-error breaks broken
def test_confirmation(app: FastAPI, get_notifications) -> None:
    sent = {}

    class Fake:
        def send_order_confirmation(self, order_id, to):
            assert order_id not in sent, "confirmed twice"
            sent[order_id] = to

    app.dependency_overrides[get_notifications] = Fake
    try:
        client = TestClient(app, raise_server_exceptions=False)
        reply = client.post("/orders", json={"email": "ada@example.com"})
        assert reply.status_code == 202
        assert sent == {reply.json()["id"]: "ada@example.com"}
    finally:
        del app.dependency_overrides[get_notifications]
