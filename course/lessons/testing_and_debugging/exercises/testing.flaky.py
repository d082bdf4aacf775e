# %% starter
def test_mail_follows(server, mailer):
    server.client.post("/orders", json={"email": "ada@example.org"})
    time.sleep(0.05)
    assert mailer.sent == [("ada@example.org", 1)]


# %% right reference
def test_mail_follows(server, mailer):
    mailer.hold()
    reply = server.client.post("/orders", json={"email": "ada@example.org"})
    assert reply.status_code == 202
    mailer.release()
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]


# %% right async
@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_mail_follows(server, mailer):
    mailer.hold()
    async with httpx.AsyncClient(base_url=server.url, timeout=1, trust_env=False) as client:
        await client.post("/orders", json={"email": "ada@example.org"})
    mailer.release()
    async with asyncio.timeout(2):
        while not mailer.sent:
            await asyncio.sleep(0.01)
    await asyncio.to_thread(server.settle)
    assert mailer.sent == [("ada@example.org", 1)]


# %% right polling
def test_mail_follows(server, mailer):
    mailer.hold()
    server.client.post("/orders", json={"email": "ada@example.org"}).raise_for_status()
    assert not mailer.sent
    mailer.release()
    deadline = time.monotonic() + 2
    while not mailer.sent:
        assert time.monotonic() < deadline, "no mail within two seconds"
        time.sleep(0.01)
    server.settle()
    assert [to for to, _ in mailer.sent] == ["ada@example.org"]


# %% right submit
def test_mail_follows(server, mailer):
    mailer.hold()
    try:
        pending = server.submit("POST", "/orders", json={"email": "ada@example.org"})
        assert pending.result(timeout=1).is_success
        assert mailer.sent == []
    finally:
        mailer.release()
    server.settle(timeout=2)
    (mail,) = mailer.sent
    assert mail == ("ada@example.org", 1)


# %% right timeline
def test_mail_follows(server, mailer):
    server.client.post("/orders", json={"email": "ada@example.org"})
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]
    assert server.timeline.before("response", "mail sent")


# %% right addresses
def test_mail_follows(server, mailer):
    mailer.hold()
    reply = server.client.post("/orders", json={"email": "ada@example.org"})
    assert reply.status_code == 202
    mailer.release()
    server.settle()
    assert [to for to, _ in mailer.sent] == ["ada@example.org"]


# %% right event
def test_mail_follows(server, mailer):
    import threading

    told, send = threading.Event(), mailer.send

    mailer.hold()
    reply = server.client.post("/orders", json={"email": "ada@example.org"})
    assert reply.status_code == 202
    mailer.release()
    for _ in range(2000):
        if mailer.sent:
            break
        told.wait(0.005)
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]


# %% right new_client
def test_mail_follows(server, mailer):
    mailer.hold()
    reply = server.new_client().post("/orders", json={"email": "ada@example.org"})
    assert reply.status_code == 202
    mailer.release()
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]


# %% right polls_with_while
def test_mail_follows(server, mailer):
    mailer.hold()
    reply = server.client.post("/orders", json={"email": "ada@example.org"})
    assert reply.status_code == 202
    mailer.release()
    end = time.time() + 30
    while mailer.sent != [("ada@example.org", 1)]:
        assert time.time() < end, "nothing was mailed"
        time.sleep(0.02)
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]


# %% wrong first_mail_only gets blind-to-later breaks address
def test_mail_follows(server, mailer):
    """Held while the client waits, then asked again and again, with a generous end."""
    mailer.hold()
    server.client.post("/orders", json={"email": "ada@example.org"}).raise_for_status()
    mailer.release()
    end = time.monotonic() + 10
    while not mailer.sent and time.monotonic() < end:
        time.sleep(0.005)
    assert mailer.sent == [("ada@example.org", 1)]


# %% wrong first_mail_then_nap gets blind-to-later
def test_mail_follows(server, mailer):
    mailer.hold()
    reply = server.client.post("/orders", json={"email": "ada@example.org"})
    assert reply.status_code == 202
    mailer.release()
    for _ in range(1000):
        if mailer.sent:
            break
        time.sleep(0.005)
    time.sleep(0.05)
    assert mailer.sent == [("ada@example.org", 1)]


# %% wrong sleeps_with_anyio gets always-waits breaks quick
import anyio


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_mail_follows(server, mailer):
    mailer.hold()
    server.client.post("/orders", json={"email": "ada@example.org"})
    mailer.release()
    await anyio.sleep(1.5)
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]


# %% wrong longer_sleep gets always-waits
def test_mail_follows(server, mailer):
    server.client.post("/orders", json={"email": "ada@example.org"})
    time.sleep(1.5)
    assert mailer.sent == [("ada@example.org", 1)]


# %% wrong settle_plus_sleep gets always-waits breaks quick
def test_mail_follows(server, mailer):
    mailer.hold()
    server.client.post("/orders", json={"email": "ada@example.org"})
    time.sleep(0.8)
    mailer.release()
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]


# %% wrong sleep_before gets always-waits breaks quick
def test_mail_follows(server, mailer):
    time.sleep(1)
    mailer.hold()
    reply = server.client.post("/orders", json={"email": "ada@example.org"})
    assert reply.status_code == 202
    mailer.release()
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]


# %% wrong any_mail gets blind-to-address
def test_mail_follows(server, mailer):
    server.client.post("/orders", json={"email": "ada@example.org"})
    server.settle()
    assert len(mailer.sent) == 1
    assert server.timeline.before("response", "mail sent")


# %% wrong len gets blind-to-address breaks address
def test_mail_follows(server, mailer):
    mailer.hold()
    reply = server.client.post("/orders", json={"email": "ada@example.org"})
    assert reply.status_code == 202
    mailer.release()
    server.settle()
    assert len(mailer.sent) == 1


# %% wrong settled_only gets blind-to-order
def test_mail_follows(server, mailer):
    server.client.post("/orders", json={"email": "ada@example.org"})
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]


# %% wrong test_client gets blind-to-order
def test_mail_follows(server, mailer):
    TestClient(server.app).post("/orders", json={"email": "ada@example.org"})
    assert mailer.sent == [("ada@example.org", 1)]


# %% wrong ignores_timeout gets time-out-caught breaks order
def test_mail_follows(server, mailer):
    mailer.hold()
    with contextlib.suppress(httpx.TimeoutException):
        server.client.post("/orders", json={"email": "ada@example.org"})
    mailer.release()
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]


# %% wrong released_in_thread gets released-early breaks order
def test_mail_follows(server, mailer):
    import threading

    mailer.hold()
    threading.Timer(0.1, mailer.release).start()
    reply = server.client.post("/orders", json={"email": "ada@example.org"})
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]


# %% wrong released_after_submit gets released-early breaks order
def test_mail_follows(server, mailer):
    mailer.hold()
    pending = server.submit("POST", "/orders", json={"email": "ada@example.org"})
    mailer.release()
    assert pending.result().status_code == 202
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]


# %% wrong gives_up_waiting gets released-early breaks order
def test_mail_follows(server, mailer):
    mailer.hold()
    pending = server.submit("POST", "/orders", json={"email": "ada@example.org"})
    with contextlib.suppress(TimeoutError):
        pending.result(timeout=2)
    mailer.release()
    assert pending.result().status_code == 202
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]


# %% wrong client_of_its_own_gives_up gets released-early breaks order
def test_mail_follows(server, mailer):
    mailer.hold()
    with contextlib.suppress(httpx.TimeoutException):
        httpx.post(f"{server.url}/orders", json={"email": "ada@example.org"}, timeout=1, trust_env=False)
    mailer.release()
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]


# %% wrong or_nothing gets blind-to-silence
def test_mail_follows(server, mailer):
    mailer.hold()
    server.client.post("/orders", json={"email": "ada@example.org"})
    mailer.release()
    server.settle()
    for mail in mailer.sent:
        assert mail == ("ada@example.org", 1)


# %% wrong tries gets blind-to-silence
def test_mail_follows(server, mailer):
    mailer.hold()
    server.client.post("/orders", json={"email": "ada@example.org"})
    mailer.release()
    for _ in range(200):
        if mailer.sent:
            assert mailer.sent == [("ada@example.org", 1)]
            break
        time.sleep(0.01)


# %% wrong two_orders gets blind-to-silence breaks silent
def test_mail_follows(server, mailer):
    mailer.hold()
    reply = server.client.post("/orders", json={"email": "ada@example.org"})
    assert reply.status_code == 202
    mailer.release()
    server.settle()
    if not mailer.sent:
        pytest.skip("nothing")
    assert mailer.sent == [("ada@example.org", 1)]


# %% wrong own_name gets no-test
def mail_follows(server, mailer):
    server.settle()


test_mail_follows = mail_follows


# %% wrong no_sleep gets red-when-quick
def test_mail_follows(server, mailer):
    mailer.hold()
    server.client.post("/orders", json={"email": "ada@example.org"})
    mailer.release()
    assert mailer.sent[0] == ("ada@example.org", 1) and mailer.tries == 0


# %% wrong hold_late gets red-when-quick breaks green
def test_mail_follows(server, mailer):
    server.client.post("/orders", json={"email": "ada@example.org"})
    mailer.hold()
    assert mailer.sent == []
    mailer.release()
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]


# %% wrong half_a_second gets red-when-slow
def test_mail_follows(server, mailer):
    server.client.post("/orders", json={"email": "ada@example.org"})
    time.sleep(0.3)
    assert mailer.sent == [("ada@example.org", 1)]


# %% wrong no_settle gets red-when-slow breaks green
def test_mail_follows(server, mailer):
    mailer.hold()
    reply = server.client.post("/orders", json={"email": "ada@example.org"})
    assert reply.status_code == 202
    mailer.release()
    assert mailer.sent == [("ada@example.org", 1)]


# %% wrong skip gets skipped
@pytest.mark.skip(reason="flaky")
def test_mail_follows(server, mailer):
    server.client.post("/orders", json={"email": "ada@example.org"})
    assert mailer.sent == [("ada@example.org", 1)]


# %% wrong for_ever gets waits-for-ever
def test_mail_follows(server, mailer):
    mailer.hold()
    server.client.post("/orders", json={"email": "ada@example.org"})
    mailer.release()
    while not mailer.sent:
        time.sleep(0.01)
    assert mailer.sent == [("ada@example.org", 1)]


# %% wrong in gets blind-to-others breaks address
def test_mail_follows(server, mailer):
    mailer.hold()
    reply = server.client.post("/orders", json={"email": "ada@example.org"})
    assert reply.status_code == 202
    mailer.release()
    server.settle()
    assert ("ada@example.org", 1) in mailer.sent


# %% wrong last gets blind-to-others breaks address
def test_mail_follows(server, mailer):
    mailer.hold()
    reply = server.client.post("/orders", json={"email": "ada@example.org"})
    assert reply.status_code == 202
    mailer.release()
    server.settle()
    assert mailer.sent[-1] == ("ada@example.org", 1)


# %% wrong counts_tries_at_once gets red-when-slow breaks green
def test_mail_follows(server, mailer):
    mailer.hold()
    reply = server.client.post("/orders", json={"email": "ada@example.org"})
    assert reply.status_code == 202
    assert mailer.tries == 1
    mailer.release()
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]


# %% wrong an_object gets no-test
class Test:
    def __call__(self, server, mailer):
        mailer.hold()
        answer = server.client.post("/orders", json={"email": "ada@example.org"})
        mailer.release()
        server.settle()
        assert [("ada@example.org", answer.json()["id"])] == mailer.sent


test_mail_follows = Test()


# %% wrong short_deadline gets red-when-slow breaks green
def test_mail_follows(server, mailer):
    mailer.hold()
    try:
        assert server.client.post("/orders", json={"email": "ada@example.org"}).status_code == 202
    finally:
        mailer.release()
    server.settle(timeout=0.5)
    assert mailer.sent == [("ada@example.org", 1)]


# %% right helper_thread
import threading
import time
from collections import Counter


def test_mail_follows(server, mailer):
    there, give_up = threading.Event(), threading.Event()

    def watch():
        while not give_up.wait(0.002):
            if ("ada@example.org", 1) in list(mailer.sent):
                there.set()
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    mailer.hold()
    try:
        status = server.client.post("/orders", json={"email": "ada@example.org"}).status_code
    finally:
        mailer.release()
    try:
        server.settle(timeout=15)
        arrived = there.wait(1)
    finally:
        give_up.set()
        watcher.join()
    assert status == 202
    assert arrived, "no mail for ada"
    assert Counter(mailer.sent) == Counter({("ada@example.org", 1): 1})


# %% right datetime_deadline
import time
from datetime import datetime, timedelta


def test_mail_follows(server, mailer):
    mailer.hold()
    try:
        reply = server.client.post("/orders", json={"email": "ada@example.org"})
        assert reply.status_code == 202
    finally:
        mailer.release()
    deadline = datetime.now() + timedelta(seconds=10)
    while not mailer.sent and datetime.now() < deadline:
        time.sleep(0.01)
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]


# %% wrong sleeps_to_be_sure gets sleeps-anyway breaks quick
import time


def test_mail_follows(server, mailer):
    mailer.hold()
    try:
        reply = server.client.post("/orders", json={"email": "ada@example.org"})
        assert reply.status_code == 202
    finally:
        mailer.release()
    time.sleep(0.02)
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]


# %% wrong its_own_number_only gets blind-to-others
# mistake: looks only at the mails of its own order's number -- "Red if somebody else is mailed, instead of ada or besides her"
def test_mail_follows(server, mailer):
    mailer.hold()
    number = server.client.post("/orders", json={"email": "ada@example.org"}).json()["id"]
    mailer.release()
    server.settle(60)
    assert [to for to, n in mailer.sent if n == number] == ["ada@example.org"]


# %% wrong any_ada gets blind-to-others
# mistake: ada's own addresses by name only, so another ada is let in -- "Red if somebody else is mailed, instead of ada or besides her"
def test_mail_follows(server, mailer):
    mailer.hold()
    server.client.post("/orders", json={"email": "ada@example.org"})
    mailer.release()
    server.settle(60)
    assert mailer.sent and {to.partition("@")[0] for to, _ in mailer.sent} == {"ada"}


# %% wrong sleeps_after_the_mail gets sleeps-anyway breaks quick
import time


def test_mail_follows(server, mailer):
    mailer.hold()
    assert server.client.post("/orders", json={"email": "ada@example.org"}).status_code == 202
    mailer.release()
    for _ in range(500):
        if mailer.sent:
            break
        time.sleep(0.01)
    server.settle()
    time.sleep(0.05)
    assert mailer.sent == [("ada@example.org", 1)]
