# %% starter
def examine_shop(build_shop, Services) -> None:
    """Raise AssertionError if the shop does not do what the specification says."""
    services = Services()
    client = TestClient(build_shop(services))
    assert ____


# %% right reference
def examine_shop(build_shop, Services) -> None:
    """Raise AssertionError if the shop does not do what the specification says."""

    def day(orders=1, down=(None, 0), item="bread", cents=450):
        services = Services(faults={down[0]: Faults.first(*down[1:])})
        client = TestClient(build_shop(services))
        body = {"item": item, "cents": cents, "email": "ada@example.com"}
        order = [client.post("/orders", json=body).json()["id"] for _ in range(orders)][-1]
        restarted = TestClient(build_shop(services))
        return services, order, restarted.get(f"/orders/{order}").json()["status"]

    for orders, down in ((1, ("mail", 3)), (1, ("capture", 2, "lost")), (2, ("count", 99))):
        services, order, status = day(orders, down)
        assert status == "closed"
        assert {"reserve", "authorise", "capture", "invoice", "mail"} <= set(services.calls(order))
        assert (order, "ada@example.com") in services.mails
        assert len(set().union(*services.keys.values())) == orders
    for refused in ({"item": "gold"}, {"cents": 99_999}):
        services, order, status = day(**refused)
        calls = services.calls(order)
        assert status == "refused"
        assert not {"capture", "mail"} & set(calls)
        assert "release" in calls or not services.did("reserve", order)
        assert calls.count("reserve") <= 1 and calls.count("authorise") <= 1
    assert day(down=("release", 99), cents=99_999)[2] == "failed"
    for step in ("capture", "invoice"):
        services, order, status = day(down=(step, 99))
        assert status == "failed"
        assert services.did("mail", order) == (step == "invoice")
        assert "release" not in services.calls(order)
    assert TestClient(build_shop(Services())).get("/orders/unknown").status_code == 404


# %% right any_exception
def examine_shop(build_shop, Services):
    def order(services, **change):
        client = TestClient(build_shop(services))
        body = {"item": "bread", "cents": 450, "email": "ada@example.com"} | change
        return [client.post("/orders", json=body).json()["id"] for _ in range(2)], client

    services = Services()
    ids, client = order(services)
    assert {client.get(f"/orders/{each}").json()["status"] for each in ids} == {"closed"}
    wanted = [(each, "ada@example.com") for each in ids]
    assert services.mails == wanted
    [[key], [other]] = [services.keys[each] for each in ids]  # ValueError if nothing was captured
    assert key != other
    services = Services()
    (gold, _), client = order(services, item="gold")
    assert client.get(f"/orders/{gold}").json()["status"] == "refused"
    services = Services()
    (dear, _), client = order(services, cents=20_000)
    states = {"refused": True}
    assert states[client.get(f"/orders/{dear}").json()["status"]]
    next(step for step in services.calls(dear) if step == "release")  # StopIteration if it was not
    assert not services.mails and not services.keys[dear]
    if client.get("/orders/unknown").is_success:
        raise LookupError("an order that nobody has")
    services = Services(faults={"count": Faults.first(99), "invoice": Faults.first(3)})
    (late, _), _ = order(services)
    assert TestClient(build_shop(services)).get(f"/orders/{late}").json()["status"] == "closed"
    (dear, _), client = order(Services(faults={"release": Faults.first(99)}), cents=20_000)
    assert client.get(f"/orders/{dear}").json()["status"] == "failed"


# %% right small_tests
def examine_shop(build_shop, Services):
    def buy(services, **change):
        client = TestClient(build_shop(services), raise_server_exceptions=False)
        body = {"item": "bread", "cents": 450, "email": "x@example.com", **change}
        order = client.post("/orders", json=body).json()["id"]
        return client, order, client.get("/orders/" + order).json()["status"]

    def test_good():
        services = Services()
        client, order, status = buy(services)
        assert status == "closed", status
        assert services.did("capture", order)
        assert services.mails == [(order, "x@example.com")]
        second = client.post("/orders", json={"item": "tea", "cents": 1, "email": "y@example.com"}).json()[
            "id"
        ]
        assert services.did("mail", second)

    def test_declined():
        services = Services()
        _, order, status = buy(services, cents=20_000)
        assert status == "refused"
        assert services.calls(order)[-1] == "release"
        assert "capture" not in services.calls(order)
        assert not services.mails

    def test_statistics_down():
        assert buy(Services(faults={"count": Faults.first(50)}))[2] == "closed"

    def test_unknown():
        assert buy(Services())[0].get("/orders/nothing").status_code == 404

    def test_bad_days():
        for step in ("reserve", "capture"):
            assert buy(Services(faults={step: Faults.first(3, "lost")}))[2] == "closed"
        assert buy(Services(faults={"release": Faults.first(9)}), cents=20_000)[2] == "failed"

    def test_restart():
        services = Services()
        _, order, status = buy(services)
        with TestClient(build_shop(services)) as restarted:
            assert restarted.get("/orders/" + order).json()["status"] == status

    tests = test_good, test_declined, test_statistics_down, test_unknown, test_bad_days, test_restart
    for test in tests:
        test()


# %% right the_whole_specification
def examine_shop(build_shop, Services):
    bread = {"item": "bread", "cents": 450, "email": "ada@example.com"}

    def day(orders=1, faults=None, **change):
        services = Services(faults=faults or {})
        client = TestClient(build_shop(services))
        for _ in range(orders):
            reply = client.post("/orders", json=bread | change)
            assert reply.status_code == 202
            order_id = reply.json()["id"]
            status = client.get(f"/orders/{order_id}").json()["status"]
        return services, order_id, status, client

    # good days
    services, order_id, status, client = day(orders=2)
    assert status == "closed"
    assert all(
        services.did(step, order_id)
        for step in ["reserve", "authorise", "capture", "invoice", "mail", "count"]
    )
    assert [to for _, to in services.mails] == ["ada@example.com"] * 2
    assert client.get("/orders/nobody").status_code == 404
    assert TestClient(build_shop(services)).get(f"/orders/{order_id}").json()["status"] == "closed"
    # refusals
    for change in ({"item": "gold"}, {"cents": 10_001}):
        services, order_id, status, _ = day(**change)
        assert status == "refused"
        assert not services.mails and not services.keys[order_id]
        assert services.calls(order_id).count("reserve") == 1
        assert services.did("release", order_id) or not services.did("reserve", order_id)
    # a storm: three faults at every step, some of them after the work was done
    steps = ("reserve", "authorise", "capture", "invoice", "mail", "count")
    faults = {step: Faults.first(3, fault) for step, fault in zip(steps, ["down", "lost"] * 3)}
    services, order_id, status, _ = day(faults=faults)
    assert status == "closed"
    assert len(services.keys[order_id]) == 1
    # down for good
    services, order_id, status, _ = day(faults={"release": Faults.first(99)}, cents=10_001)
    assert status == "failed" and services.did("authorise", order_id) is False
    services, order_id, status, _ = day(faults={"count": Faults.first(99)})
    assert status == "closed"
    for step, other in (("invoice", "mail"), ("mail", "invoice")):
        services, order_id, status, _ = day(faults={step: Faults.first(99)})
        assert status == "failed"
        assert services.did(other, order_id)
        assert services.did("count", order_id)
    services, order_id, status, _ = day(faults={"capture": Faults.first(99)})
    assert status == "failed" and not services.mails
    services, order_id, status, _ = day(faults={"reserve": Faults.first(99)})
    assert status == "failed" and services.did("authorise", order_id)


# %% right exact_bodies
def examine_shop(build_shop, Services) -> None:
    """Raise AssertionError if the shop does not do what the specification says."""
    services = Services()
    client = TestClient(build_shop(services))

    def only_status(body):
        assert body == {"status": body["status"]}
        return body["status"]

    def buy(item="bread", cents=450) -> tuple[str, str, list[str]]:
        body = {"item": item, "cents": cents, "email": "ada@example.com"}
        order_id = client.post("/orders", json=body).json()["id"]
        return order_id, only_status(client.get(f"/orders/{order_id}").json()), services.calls(order_id)

    for _ in range(2):
        order_id, status, calls = buy()
        assert status == "closed"
        assert {"reserve", "authorise", "capture", "invoice", "mail"} <= set(calls)
        assert (order_id, "ada@example.com") in services.mails
    for refused in ({"item": "gold"}, {"cents": 99_999}):
        order_id, status, calls = buy(**refused)
        assert status == "refused"
        assert not {"capture", "mail"} & set(calls)
        assert "release" in calls or not services.did("reserve", order_id)
    assert client.get("/orders/unknown").status_code == 404
    shop = TestClient(build_shop(services))
    assert shop.get(f"/orders/{order_id}").json()["status"] == "refused"
    services._faults["count"] = Faults.first(99)
    assert buy()[1] == "closed"
    services._faults |= {"authorise": Faults.first(3), "release": Faults.first(99)}
    assert buy()[1] == "closed"
    assert buy(cents=99_999)[1] == "failed"


# %% right many_bad_days
def examine_shop(build_shop, Services) -> None:
    """Raise AssertionError if the shop does not do what the specification says."""
    services = Services()
    client = TestClient(build_shop(services))

    def buy(item="bread", cents=450) -> tuple[str, str, list[str]]:
        body = {"item": item, "cents": cents, "email": "ada@example.com"}
        order_id = client.post("/orders", json=body).json()["id"]
        return order_id, client.get(f"/orders/{order_id}").json()["status"], services.calls(order_id)

    for _ in range(2):
        order_id, status, calls = buy()
        assert status == "closed"
        assert {"reserve", "authorise", "capture", "invoice", "mail"} <= set(calls)
        assert (order_id, "ada@example.com") in services.mails
    for refused in ({"item": "gold"}, {"cents": 99_999}):
        order_id, status, calls = buy(**refused)
        assert status == "refused"
        assert not {"capture", "mail"} & set(calls)
        assert "release" in calls or not services.did("reserve", order_id)
    assert client.get("/orders/unknown").status_code == 404
    for step in ("reserve", "authorise", "capture", "invoice", "mail", "count"):
        for n in (1, 2, 3):
            services._faults[step] = Faults.first(n)
            id, status, _ = buy()
            assert status == "closed" and len(services.keys[id]) == 1
        services._faults[step] = Faults.first(99)
        assert buy()[1] == ("closed" if step == "count" else "failed")
        del services._faults[step]
    services._faults["release"] = Faults.first(99)
    refused, status, _ = buy(cents=50_000)
    assert status == "failed"
    new = TestClient(build_shop(services))
    assert new.get(f"/orders/{refused}").json()["status"] == "failed"
    services._faults["count"] = Faults.first(99)
    assert buy()[1] == "closed"


# %% right new_app_each
def examine_shop(build_shop, Services) -> None:
    """Raise AssertionError if the shop does not do what the specification says."""
    services = Services()
    client = TestClient(build_shop(services))

    def buy(item="bread", cents=450) -> tuple[str, str, list[str]]:
        body = {"item": item, "cents": cents, "email": "ada@example.com"}
        order_id = client.post("/orders", json=body).json()["id"]
        return order_id, client.get(f"/orders/{order_id}").json()["status"], services.calls(order_id)

    for _ in range(2):
        order_id, status, calls = buy()
        assert status == "closed"
        assert {"reserve", "authorise", "capture", "invoice", "mail"} <= set(calls)
        assert (order_id, "ada@example.com") in services.mails
    for refused in ({"item": "gold"}, {"cents": 99_999}):
        order_id, status, calls = buy(**refused)
        assert status == "refused"
        assert not {"capture", "mail"} & set(calls)
        assert "release" in calls or not services.did("reserve", order_id)
    assert client.get("/orders/unknown").status_code == 404
    again = TestClient(build_shop(services))
    assert again.get(f"/orders/{order_id}").json()["status"] == "refused"
    services._faults["count"] = Faults.first(99)
    assert buy()[1] == "closed"
    services._faults |= {"reserve": Faults.first(3), "release": Faults.first(99)}
    assert buy()[1] == "closed"
    assert buy(cents=99_999)[1] == "failed"


# %% wrong exact_order gets false-alarm
def examine_shop(build_shop, Services):
    services = Services()
    client = TestClient(build_shop(services))
    order = client.post("/orders", json={"item": "bread", "cents": 450, "email": "a@example.com"}).json()[
        "id"
    ]
    assert services.calls(order) == ["authorise", "reserve", "capture", "mail", "invoice", "count"]


# %% wrong expects_201 gets false-alarm
def examine_shop(build_shop, Services):
    client = TestClient(build_shop(Services()))
    reply = client.post("/orders", json={"item": "bread", "cents": 450, "email": "a@example.com"})
    assert reply.status_code == 201


# %% wrong source gets false-alarm breaks works
import inspect


def examine_shop(build_shop, Services) -> None:
    closure = inspect.getclosurevars(build_shop)
    assert not [v for v in closure.nonlocals.values() if v]


# %% wrong no_assertions gets sees-nothing
def examine_shop(build_shop, Services):
    services = Services()
    client = TestClient(build_shop(services))
    reply = client.post("/orders", json={"item": "bread", "cents": 450, "email": "a@example.com"})
    reply.status_code == 202
    return reply.status_code


# %% wrong only_the_response gets sees-nothing
def examine_shop(build_shop, Services):
    client = TestClient(build_shop(Services()))
    reply = client.post("/orders", json={"item": "bread", "cents": 450, "email": "a@example.com"})
    assert reply.status_code == 202
    assert "id" in reply.json()


# %% wrong good_day_only gets survivor
def examine_shop(build_shop, Services):
    services = Services()
    client = TestClient(build_shop(services))
    order = client.post("/orders", json={"item": "bread", "cents": 450, "email": "a@example.com"}).json()[
        "id"
    ]
    assert client.get(f"/orders/{order}").json()["status"] == "closed"
    assert services.mails == [(order, "a@example.com")]
    assert services.did("capture", order)


# %% wrong no_count gets survivor breaks broken
def examine_shop(build_shop, Services) -> None:
    """Raise AssertionError if the shop does not do what the specification says."""

    def day(orders=1, down=(None, 0), item="bread", cents=450):
        services = Services(faults={down[0]: Faults.first(down[1])})
        client = TestClient(build_shop(services))
        body = {"item": item, "cents": cents, "email": "ada@example.com"}
        order = [client.post("/orders", json=body).json()["id"] for _ in range(orders)][-1]
        restarted = TestClient(build_shop(services))
        return services, order, restarted.get(f"/orders/{order}").json()["status"]

    for orders, down in ((1, ("mail", 3)), (2, ("invoice", 3))):
        services, order, status = day(orders, down)
        assert status == "closed"
        assert {"reserve", "authorise", "capture", "invoice", "mail"} <= set(services.calls(order))
        assert (order, "ada@example.com") in services.mails
    for refused in ({"item": "gold"}, {"cents": 99_999}):
        services, order, status = day(**refused)
        assert status == "refused"
        assert not {"capture", "mail"} & set(services.calls(order))
        assert services.did("release", order) or not services.did("reserve", order)
    assert day(down=("release", 99), cents=99_999)[2] == "failed"
    assert TestClient(build_shop(Services())).get("/orders/unknown").status_code == 404


# %% wrong remembers gets remembers breaks works
_seen = []


def examine_shop(build_shop, Services) -> None:
    """Raise AssertionError if the shop does not do what the specification says."""
    _seen.append(1)
    assert len(_seen) <= 2
    services = Services()
    client = TestClient(build_shop(services))

    def buy(item="bread", cents=450) -> tuple[str, str, list[str]]:
        body = {"item": item, "cents": cents, "email": "ada@example.com"}
        order_id = client.post("/orders", json=body).json()["id"]
        return order_id, client.get(f"/orders/{order_id}").json()["status"], services.calls(order_id)

    for _ in range(2):
        order_id, status, calls = buy()
        assert status == "closed"
        assert {"reserve", "authorise", "capture", "invoice", "mail"} <= set(calls)
        assert (order_id, "ada@example.com") in services.mails
    for refused in ({"item": "gold"}, {"cents": 99_999}):
        order_id, status, calls = buy(**refused)
        assert status == "refused"
        assert not {"capture", "mail"} & set(calls)
        assert "release" in calls or not services.did("reserve", order_id)
    assert client.get("/orders/unknown").status_code == 404
    again = TestClient(build_shop(services))
    assert again.get(f"/orders/{order_id}").json()["status"] == "refused"
    services._faults["count"] = Faults.first(99)
    assert buy()[1] == "closed"


# %% wrong exact_calls gets too-narrow breaks works
def examine_shop(build_shop, Services) -> None:
    """Raise AssertionError if the shop does not do what the specification says."""
    services = Services()
    client = TestClient(build_shop(services))

    def buy(item="bread", cents=450) -> tuple[str, str, list[str]]:
        body = {"item": item, "cents": cents, "email": "ada@example.com"}
        order_id = client.post("/orders", json=body).json()["id"]
        return order_id, client.get(f"/orders/{order_id}").json()["status"], services.calls(order_id)

    for _ in range(2):
        order_id, status, calls = buy()
        assert status == "closed"
        assert calls == ["reserve", "authorise", "capture", "invoice", "mail", "count"]
        assert (order_id, "ada@example.com") in services.mails
    for refused in ({"item": "gold"}, {"cents": 99_999}):
        order_id, status, calls = buy(**refused)
        assert status == "refused"
        assert not {"capture", "mail"} & set(calls)
        assert "release" in calls or not services.did("reserve", order_id)
    assert client.get("/orders/unknown").status_code == 404
    services._faults["count"] = Faults.first(99)
    assert buy()[1] == "closed"


# %% wrong seen_before gets remembers breaks works
_seen = []


def examine_shop(build_shop, Services) -> None:
    """Raise AssertionError if the shop does not do what the specification says."""
    _seen.append(1)
    assert len(_seen) == 1
    return
    services = Services()
    client = TestClient(build_shop(services))

    def buy(item="bread", cents=450) -> tuple[str, str, list[str]]:
        body = {"item": item, "cents": cents, "email": "ada@example.com"}
        order_id = client.post("/orders", json=body).json()["id"]
        return order_id, client.get(f"/orders/{order_id}").json()["status"], services.calls(order_id)

    for _ in range(2):
        order_id, status, calls = buy()
        assert status == "closed"
        assert {"reserve", "authorise", "capture", "invoice", "mail"} <= set(calls)
        assert (order_id, "ada@example.com") in services.mails
    for refused in ({"item": "gold"}, {"cents": 99_999}):
        order_id, status, calls = buy(**refused)
        assert status == "refused"
        assert not {"capture", "mail"} & set(calls)
        assert "release" in calls or not services.did("reserve", order_id)
    assert client.get("/orders/unknown").status_code == 404
    services._faults["count"] = Faults.first(99)
    assert buy()[1] == "closed"


# %% wrong no_restart gets survivor breaks broken
def examine_shop(build_shop, Services) -> None:
    """Raise AssertionError if the shop does not do what the specification says."""

    def day(orders=1, down=(None, 0), item="bread", cents=450):
        services = Services(faults={down[0]: Faults.first(down[1])})
        client = TestClient(build_shop(services))
        body = {"item": item, "cents": cents, "email": "ada@example.com"}
        order = [client.post("/orders", json=body).json()["id"] for _ in range(orders)][-1]
        return services, order, client.get(f"/orders/{order}").json()["status"]

    for orders, down in ((1, ("mail", 3)), (2, ("count", 99))):
        services, order, status = day(orders, down)
        assert status == "closed"
        assert {"reserve", "authorise", "capture", "invoice", "mail"} <= set(services.calls(order))
        assert (order, "ada@example.com") in services.mails
    for refused in ({"item": "gold"}, {"cents": 99_999}):
        services, order, status = day(**refused)
        assert status == "refused"
        assert not {"capture", "mail"} & set(services.calls(order))
        assert services.did("release", order) or not services.did("reserve", order)
    assert day(down=("release", 99), cents=99_999)[2] == "failed"
    assert TestClient(build_shop(Services())).get("/orders/unknown").status_code == 404


# %% wrong two_failures gets survivor breaks broken
def examine_shop(build_shop, Services) -> None:
    """Raise AssertionError if the shop does not do what the specification says."""

    def day(orders=1, down=(None, 0), item="bread", cents=450):
        services = Services(faults={down[0]: Faults.first(down[1])})
        client = TestClient(build_shop(services))
        body = {"item": item, "cents": cents, "email": "ada@example.com"}
        order = [client.post("/orders", json=body).json()["id"] for _ in range(orders)][-1]
        restarted = TestClient(build_shop(services))
        return services, order, restarted.get(f"/orders/{order}").json()["status"]

    for orders, down in ((1, ("mail", 2)), (2, ("count", 99))):
        services, order, status = day(orders, down)
        assert status == "closed"
        assert {"reserve", "authorise", "capture", "invoice", "mail"} <= set(services.calls(order))
        assert (order, "ada@example.com") in services.mails
    for refused in ({"item": "gold"}, {"cents": 99_999}):
        services, order, status = day(**refused)
        assert status == "refused"
        assert not {"capture", "mail"} & set(services.calls(order))
        assert services.did("release", order) or not services.did("reserve", order)
    assert day(down=("release", 99), cents=99_999)[2] == "failed"
    assert TestClient(build_shop(Services())).get("/orders/unknown").status_code == 404


# %% wrong no_release_down gets survivor breaks broken
def examine_shop(build_shop, Services) -> None:
    """Raise AssertionError if the shop does not do what the specification says."""

    def day(orders=1, down=(None, 0), item="bread", cents=450):
        services = Services(faults={down[0]: Faults.first(down[1])})
        client = TestClient(build_shop(services))
        body = {"item": item, "cents": cents, "email": "ada@example.com"}
        order = [client.post("/orders", json=body).json()["id"] for _ in range(orders)][-1]
        restarted = TestClient(build_shop(services))
        return services, order, restarted.get(f"/orders/{order}").json()["status"]

    for orders, down in ((1, ("mail", 3)), (2, ("count", 99))):
        services, order, status = day(orders, down)
        assert status == "closed"
        assert {"reserve", "authorise", "capture", "invoice", "mail"} <= set(services.calls(order))
        assert (order, "ada@example.com") in services.mails
    for refused in ({"item": "gold"}, {"cents": 99_999}):
        services, order, status = day(**refused)
        assert status == "refused"
        assert not {"capture", "mail"} & set(services.calls(order))
        assert services.did("release", order) or not services.did("reserve", order)
    assert TestClient(build_shop(Services())).get("/orders/unknown").status_code == 404


# %% wrong hex_ids gets asks-for-more breaks works
def examine_shop(build_shop, Services) -> None:
    """Raise AssertionError if the shop does not do what the specification says."""

    def day(orders=1, down=(None, 0), item="bread", cents=450):
        services = Services(faults={down[0]: Faults.first(down[1])})
        client = TestClient(build_shop(services))
        body = {"item": item, "cents": cents, "email": "ada@example.com"}
        order = [client.post("/orders", json=body).json()["id"] for _ in range(orders)][-1]
        assert len(order) == 32 and int(order, 16)
        restarted = TestClient(build_shop(services))
        return services, order, restarted.get(f"/orders/{order}").json()["status"]

    for orders, down in ((1, ("mail", 3)), (2, ("count", 99))):
        services, order, status = day(orders, down)
        assert status == "closed"
        assert {"reserve", "authorise", "capture", "invoice", "mail"} <= set(services.calls(order))
        assert (order, "ada@example.com") in services.mails
    for refused in ({"item": "gold"}, {"cents": 99_999}):
        services, order, status = day(**refused)
        assert status == "refused"
        assert not {"capture", "mail"} & set(services.calls(order))
        assert services.did("release", order) or not services.did("reserve", order)
    assert day(down=("release", 99), cents=99_999)[2] == "failed"
    assert TestClient(build_shop(Services())).get("/orders/unknown").status_code == 404


# %% wrong key_is_the_id gets asks-for-more breaks works
def examine_shop(build_shop, Services) -> None:
    """Raise AssertionError if the shop does not do what the specification says."""

    def day(orders=1, down=(None, 0), item="bread", cents=450):
        services = Services(faults={down[0]: Faults.first(down[1])})
        client = TestClient(build_shop(services))
        body = {"item": item, "cents": cents, "email": "ada@example.com"}
        order = [client.post("/orders", json=body).json()["id"] for _ in range(orders)][-1]
        restarted = TestClient(build_shop(services))
        return services, order, restarted.get(f"/orders/{order}").json()["status"]

    for orders, down in ((1, ("mail", 3)), (2, ("count", 99))):
        services, order, status = day(orders, down)
        assert status == "closed"
        assert {"reserve", "authorise", "capture", "invoice", "mail"} <= set(services.calls(order))
        assert services.keys[order] == {order}
        assert (order, "ada@example.com") in services.mails
    for refused in ({"item": "gold"}, {"cents": 99_999}):
        services, order, status = day(**refused)
        assert status == "refused"
        assert not {"capture", "mail"} & set(services.calls(order))
        assert services.did("release", order) or not services.did("reserve", order)
    assert day(down=("release", 99), cents=99_999)[2] == "failed"
    assert TestClient(build_shop(Services())).get("/orders/unknown").status_code == 404


# %% wrong words_of_the_404 gets asks-for-more breaks works
def examine_shop(build_shop, Services) -> None:
    """Raise AssertionError if the shop does not do what the specification says."""

    def day(orders=1, down=(None, 0), item="bread", cents=450):
        services = Services(faults={down[0]: Faults.first(down[1])})
        client = TestClient(build_shop(services))
        body = {"item": item, "cents": cents, "email": "ada@example.com"}
        order = [client.post("/orders", json=body).json()["id"] for _ in range(orders)][-1]
        restarted = TestClient(build_shop(services))
        return services, order, restarted.get(f"/orders/{order}").json()["status"]

    for orders, down in ((1, ("mail", 3)), (2, ("count", 99))):
        services, order, status = day(orders, down)
        assert status == "closed"
        assert {"reserve", "authorise", "capture", "invoice", "mail"} <= set(services.calls(order))
        assert (order, "ada@example.com") in services.mails
    for refused in ({"item": "gold"}, {"cents": 99_999}):
        services, order, status = day(**refused)
        assert status == "refused"
        assert not {"capture", "mail"} & set(services.calls(order))
        assert services.did("release", order) or not services.did("reserve", order)
    assert day(down=("release", 99), cents=99_999)[2] == "failed"
    assert TestClient(build_shop(Services())).get("/orders/unknown").json() == {"detail": "Not Found"}


# %% right never_leaves
def examine_shop(build_shop, Services) -> None:
    """Raise AssertionError if the shop does not do what the specification says."""

    def day(orders=1, down=(None, 0), item="bread", cents=450):
        services = Services(faults={down[0]: Faults.first(down[1])})
        client = TestClient(build_shop(services)).__enter__()
        body = {"item": item, "cents": cents, "email": "ada@example.com"}
        order = [client.post("/orders", json=body).json()["id"] for _ in range(orders)][-1]
        restarted = TestClient(build_shop(services))
        return services, order, restarted.get(f"/orders/{order}").json()["status"]

    for orders, down in ((1, ("mail", 3)), (2, ("count", 99))):
        services, order, status = day(orders, down)
        assert status == "closed"
        assert {"reserve", "authorise", "capture", "invoice", "mail"} <= set(services.calls(order))
        assert (order, "ada@example.com") in services.mails
    for refused in ({"item": "gold"}, {"cents": 99_999}):
        services, order, status = day(**refused)
        assert status == "refused"
        assert not {"capture", "mail"} & set(services.calls(order))
        assert services.did("release", order) or not services.did("reserve", order)
    assert day(down=("release", 99), cents=99_999)[2] == "failed"
    assert TestClient(build_shop(Services())).get("/orders/unknown").status_code == 404


# %% wrong id_in_the_key gets asks-for-more breaks works
from fastapi.testclient import TestClient
from course.lessons.failure_and_retries import Faults

ORDER = {"item": "bread", "cents": 450, "email": "ada@example.com"}


class Always(Exception): ...


def down():
    return Faults.first(40)


def place(build_shop, Services, order=ORDER, times=1, **faults):
    services = Services(faults=faults)
    client = TestClient(build_shop(services))
    ids = []
    for _ in range(times):
        reply = client.post("/orders", json=order)
        assert reply.status_code == 202
        ids.append(reply.json()["id"])
    return services, client, ids


def status(client, i):
    reply = client.get(f"/orders/{i}")
    assert reply.status_code == 200
    return reply.json()["status"]


def good(build_shop, Services):
    services, client, ids = place(build_shop, Services, times=2)
    assert len(set(ids)) == 2
    for i in ids:
        assert status(client, i) == "closed"
        calls = services.calls(i)
        assert sorted(calls) == sorted(["reserve", "authorise", "capture", "invoice", "mail", "count"])
        assert calls.index("capture") == 2
        assert len(services.keys[i]) == 1
        for step in calls:
            assert services.did(step, i)
    assert ids[0] in str(services.keys[ids[0]])
    assert services.mails == [(i, "ada@example.com") for i in ids]
    assert client.get("/orders/nobody").status_code == 404
    again = TestClient(build_shop(services))
    for i in ids:
        assert status(again, i) == "closed"


def no(build_shop, Services):
    for order, refuser in [(ORDER | {"cents": 20_000}, "authorise"), (ORDER | {"item": "gold"}, "reserve")]:
        services, client, [i] = place(build_shop, Services, order)
        assert status(client, i) == "refused"
        calls = services.calls(i)
        assert calls.count(refuser) == 1
        assert not {"capture", "mail", "invoice"} & set(calls)
        assert not services.mails
        assert ("release" in calls) == (refuser == "authorise" and "reserve" in calls)


def lost(build_shop, Services):
    for step in ["reserve", "authorise", "capture", "invoice", "mail", "count"]:
        services, client, [i] = place(build_shop, Services, **{step: Faults.first(3)})
        assert status(client, i) == "closed"
        assert services.calls(i).count(step) == 4
        assert "release" not in services.calls(i)
        assert len(services.keys[i]) == 1
    services, client, [i] = place(build_shop, Services, ORDER | {"cents": 20_000}, release=Faults.first(3))
    assert status(client, i) == "refused"
    services, client, [i] = place(build_shop, Services, ORDER | {"cents": 20_000}, release=down())
    assert status(client, i) == "failed" or "reserve" not in services.calls(i)


def dead(build_shop, Services):
    for step in ["reserve", "authorise", "capture", "invoice", "mail", "count"]:
        services, client, [i] = place(build_shop, Services, **{step: down()})
        assert status(client, i) == ("closed" if step == "count" else "failed")
        calls = services.calls(i)
        assert "release" not in calls
        if step in ("reserve", "authorise"):
            assert "capture" not in calls
        if step in ("reserve", "authorise", "capture"):
            assert not {"invoice", "mail", "count"} & set(calls)
        else:
            assert {"invoice", "mail", "count"} <= set(calls)


def examine_shop(build_shop, Services) -> None:
    good(build_shop, Services)
    no(build_shop, Services)
    lost(build_shop, Services)
    dead(build_shop, Services)


# %% wrong four_calls_exactly gets asks-for-more breaks works
from fastapi.testclient import TestClient
from course.lessons.failure_and_retries import Faults

ORDER = {"item": "bread", "cents": 450, "email": "ada@example.com"}


class Always(Exception): ...


def down():
    return Faults.first(40)


def place(build_shop, Services, order=ORDER, times=1, **faults):
    services = Services(faults=faults)
    client = TestClient(build_shop(services))
    ids = []
    for _ in range(times):
        reply = client.post("/orders", json=order)
        assert reply.status_code == 202
        ids.append(reply.json()["id"])
    return services, client, ids


def status(client, i):
    reply = client.get(f"/orders/{i}")
    assert reply.status_code == 200
    return reply.json()["status"]


def good(build_shop, Services):
    services, client, ids = place(build_shop, Services, times=2)
    assert len(set(ids)) == 2
    for i in ids:
        assert status(client, i) == "closed"
        calls = services.calls(i)
        assert sorted(calls) == sorted(["reserve", "authorise", "capture", "invoice", "mail", "count"])
        assert calls.index("capture") == 2
        assert len(services.keys[i]) == 1
        for step in calls:
            assert services.did(step, i)
    assert services.keys[ids[0]] != services.keys[ids[1]]
    assert services.mails == [(i, "ada@example.com") for i in ids]
    assert client.get("/orders/nobody").status_code == 404
    again = TestClient(build_shop(services))
    for i in ids:
        assert status(again, i) == "closed"


def no(build_shop, Services):
    for order, refuser in [(ORDER | {"cents": 20_000}, "authorise"), (ORDER | {"item": "gold"}, "reserve")]:
        services, client, [i] = place(build_shop, Services, order)
        assert status(client, i) == "refused"
        calls = services.calls(i)
        assert calls.count(refuser) == 1
        assert not {"capture", "mail", "invoice"} & set(calls)
        assert not services.mails
        assert ("release" in calls) == (refuser == "authorise" and "reserve" in calls)


def lost(build_shop, Services):
    for step in ["reserve", "authorise", "capture", "invoice", "mail", "count"]:
        services, client, [i] = place(build_shop, Services, **{step: Faults.first(3)})
        assert status(client, i) == "closed"
        assert services.calls(i).count(step) == 4
        assert "release" not in services.calls(i)
        assert len(services.keys[i]) == 1
    services, client, [i] = place(build_shop, Services, ORDER | {"cents": 20_000}, release=Faults.first(3))
    assert status(client, i) == "refused"
    services, client, [i] = place(build_shop, Services, ORDER | {"cents": 20_000}, release=down())
    assert status(client, i) == "failed" or "reserve" not in services.calls(i)


def dead(build_shop, Services):
    for step in ["reserve", "authorise", "capture", "invoice", "mail", "count"]:
        services, client, [i] = place(build_shop, Services, **{step: down()})
        assert status(client, i) == ("closed" if step == "count" else "failed")
        calls = services.calls(i)
        assert calls.count(step) == 4
        assert "release" not in calls
        if step in ("reserve", "authorise"):
            assert "capture" not in calls
        if step in ("reserve", "authorise", "capture"):
            assert not {"invoice", "mail", "count"} & set(calls)
        else:
            assert {"invoice", "mail", "count"} <= set(calls)


def examine_shop(build_shop, Services) -> None:
    good(build_shop, Services)
    no(build_shop, Services)
    lost(build_shop, Services)
    dead(build_shop, Services)


# %% wrong refused_both_called gets asks-for-more breaks works
from fastapi.testclient import TestClient
from course.lessons.failure_and_retries import Faults

ORDER = {"item": "bread", "cents": 450, "email": "ada@example.com"}


class Always(Exception): ...


def down():
    return Faults.first(40)


def place(build_shop, Services, order=ORDER, times=1, **faults):
    services = Services(faults=faults)
    client = TestClient(build_shop(services))
    ids = []
    for _ in range(times):
        reply = client.post("/orders", json=order)
        assert reply.status_code == 202
        ids.append(reply.json()["id"])
    return services, client, ids


def status(client, i):
    reply = client.get(f"/orders/{i}")
    assert reply.status_code == 200
    return reply.json()["status"]


def good(build_shop, Services):
    services, client, ids = place(build_shop, Services, times=2)
    assert len(set(ids)) == 2
    for i in ids:
        assert status(client, i) == "closed"
        calls = services.calls(i)
        assert sorted(calls) == sorted(["reserve", "authorise", "capture", "invoice", "mail", "count"])
        assert calls.index("capture") == 2
        assert len(services.keys[i]) == 1
        for step in calls:
            assert services.did(step, i)
    assert services.keys[ids[0]] != services.keys[ids[1]]
    assert services.mails == [(i, "ada@example.com") for i in ids]
    assert client.get("/orders/nobody").status_code == 404
    again = TestClient(build_shop(services))
    for i in ids:
        assert status(again, i) == "closed"


def no(build_shop, Services):
    for order, refuser in [(ORDER | {"cents": 20_000}, "authorise"), (ORDER | {"item": "gold"}, "reserve")]:
        services, client, [i] = place(build_shop, Services, order)
        assert status(client, i) == "refused"
        calls = services.calls(i)
        assert calls.count(refuser) == 1
        assert {"reserve", "authorise"} <= set(calls)
        assert not {"capture", "mail", "invoice"} & set(calls)
        assert not services.mails
        assert ("release" in calls) == (refuser == "authorise" and "reserve" in calls)


def lost(build_shop, Services):
    for step in ["reserve", "authorise", "capture", "invoice", "mail", "count"]:
        services, client, [i] = place(build_shop, Services, **{step: Faults.first(3)})
        assert status(client, i) == "closed"
        assert services.calls(i).count(step) == 4
        assert "release" not in services.calls(i)
        assert len(services.keys[i]) == 1
    services, client, [i] = place(build_shop, Services, ORDER | {"cents": 20_000}, release=Faults.first(3))
    assert status(client, i) == "refused"
    services, client, [i] = place(build_shop, Services, ORDER | {"cents": 20_000}, release=down())
    assert status(client, i) == "failed" or "reserve" not in services.calls(i)


def dead(build_shop, Services):
    for step in ["reserve", "authorise", "capture", "invoice", "mail", "count"]:
        services, client, [i] = place(build_shop, Services, **{step: down()})
        assert status(client, i) == ("closed" if step == "count" else "failed")
        calls = services.calls(i)
        assert "release" not in calls
        if step in ("reserve", "authorise"):
            assert "capture" not in calls
        if step in ("reserve", "authorise", "capture"):
            assert not {"invoice", "mail", "count"} & set(calls)
        else:
            assert {"invoice", "mail", "count"} <= set(calls)


def examine_shop(build_shop, Services) -> None:
    good(build_shop, Services)
    no(build_shop, Services)
    lost(build_shop, Services)
    dead(build_shop, Services)


# %% wrong one_table_only gets asks-for-more breaks works
from fastapi.testclient import TestClient
from course.lessons.failure_and_retries import Faults

ORDER = {"item": "bread", "cents": 450, "email": "ada@example.com"}


class Always(Exception): ...


def down():
    return Faults.first(40)


def place(build_shop, Services, order=ORDER, times=1, **faults):
    services = Services(faults=faults)
    client = TestClient(build_shop(services))
    ids = []
    for _ in range(times):
        reply = client.post("/orders", json=order)
        assert reply.status_code == 202
        ids.append(reply.json()["id"])
    return services, client, ids


def status(client, i):
    reply = client.get(f"/orders/{i}")
    assert reply.status_code == 200
    return reply.json()["status"]


def good(build_shop, Services):
    services, client, ids = place(build_shop, Services, times=2)
    assert len(set(ids)) == 2
    for i in ids:
        assert status(client, i) == "closed"
        calls = services.calls(i)
        assert sorted(calls) == sorted(["reserve", "authorise", "capture", "invoice", "mail", "count"])
        assert calls.index("capture") == 2
        assert len(services.keys[i]) == 1
        for step in calls:
            assert services.did(step, i)
    import sqlite3

    assert sqlite3.connect(services.database).execute(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table'"
    ).fetchone() == (1,)
    assert services.keys[ids[0]] != services.keys[ids[1]]
    assert services.mails == [(i, "ada@example.com") for i in ids]
    assert client.get("/orders/nobody").status_code == 404
    again = TestClient(build_shop(services))
    for i in ids:
        assert status(again, i) == "closed"


def no(build_shop, Services):
    for order, refuser in [(ORDER | {"cents": 20_000}, "authorise"), (ORDER | {"item": "gold"}, "reserve")]:
        services, client, [i] = place(build_shop, Services, order)
        assert status(client, i) == "refused"
        calls = services.calls(i)
        assert calls.count(refuser) == 1
        assert not {"capture", "mail", "invoice"} & set(calls)
        assert not services.mails
        assert ("release" in calls) == (refuser == "authorise" and "reserve" in calls)


def lost(build_shop, Services):
    for step in ["reserve", "authorise", "capture", "invoice", "mail", "count"]:
        services, client, [i] = place(build_shop, Services, **{step: Faults.first(3)})
        assert status(client, i) == "closed"
        assert services.calls(i).count(step) == 4
        assert "release" not in services.calls(i)
        assert len(services.keys[i]) == 1
    services, client, [i] = place(build_shop, Services, ORDER | {"cents": 20_000}, release=Faults.first(3))
    assert status(client, i) == "refused"
    services, client, [i] = place(build_shop, Services, ORDER | {"cents": 20_000}, release=down())
    assert status(client, i) == "failed" or "reserve" not in services.calls(i)


def dead(build_shop, Services):
    for step in ["reserve", "authorise", "capture", "invoice", "mail", "count"]:
        services, client, [i] = place(build_shop, Services, **{step: down()})
        assert status(client, i) == ("closed" if step == "count" else "failed")
        calls = services.calls(i)
        assert "release" not in calls
        if step in ("reserve", "authorise"):
            assert "capture" not in calls
        if step in ("reserve", "authorise", "capture"):
            assert not {"invoice", "mail", "count"} & set(calls)
        else:
            assert {"invoice", "mail", "count"} <= set(calls)


def examine_shop(build_shop, Services) -> None:
    good(build_shop, Services)
    no(build_shop, Services)
    lost(build_shop, Services)
    dead(build_shop, Services)


# %% wrong once_only gets remembers breaks works
from fastapi.testclient import TestClient
from course.lessons.failure_and_retries import Faults

ORDER = {"item": "bread", "cents": 450, "email": "ada@example.com"}


class Always(Exception): ...


def down():
    return Faults.first(40)


def place(build_shop, Services, order=ORDER, times=1, **faults):
    services = Services(faults=faults)
    client = TestClient(build_shop(services))
    ids = []
    for _ in range(times):
        reply = client.post("/orders", json=order)
        assert reply.status_code == 202
        ids.append(reply.json()["id"])
    return services, client, ids


def status(client, i):
    reply = client.get(f"/orders/{i}")
    assert reply.status_code == 200
    return reply.json()["status"]


def good(build_shop, Services):
    services, client, ids = place(build_shop, Services, times=2)
    assert len(set(ids)) == 2
    for i in ids:
        assert status(client, i) == "closed"
        calls = services.calls(i)
        assert sorted(calls) == sorted(["reserve", "authorise", "capture", "invoice", "mail", "count"])
        assert calls.index("capture") == 2
        assert len(services.keys[i]) == 1
        for step in calls:
            assert services.did(step, i)
    assert services.keys[ids[0]] != services.keys[ids[1]]
    assert services.mails == [(i, "ada@example.com") for i in ids]
    assert client.get("/orders/nobody").status_code == 404
    again = TestClient(build_shop(services))
    for i in ids:
        assert status(again, i) == "closed"


def no(build_shop, Services):
    for order, refuser in [(ORDER | {"cents": 20_000}, "authorise"), (ORDER | {"item": "gold"}, "reserve")]:
        services, client, [i] = place(build_shop, Services, order)
        assert status(client, i) == "refused"
        calls = services.calls(i)
        assert calls.count(refuser) == 1
        assert not {"capture", "mail", "invoice"} & set(calls)
        assert not services.mails
        assert ("release" in calls) == (refuser == "authorise" and "reserve" in calls)


def lost(build_shop, Services):
    for step in ["reserve", "authorise", "capture", "invoice", "mail", "count"]:
        services, client, [i] = place(build_shop, Services, **{step: Faults.first(3)})
        assert status(client, i) == "closed"
        assert services.calls(i).count(step) == 4
        assert "release" not in services.calls(i)
        assert len(services.keys[i]) == 1
    services, client, [i] = place(build_shop, Services, ORDER | {"cents": 20_000}, release=Faults.first(3))
    assert status(client, i) == "refused"
    services, client, [i] = place(build_shop, Services, ORDER | {"cents": 20_000}, release=down())
    assert status(client, i) == "failed" or "reserve" not in services.calls(i)


def dead(build_shop, Services):
    for step in ["reserve", "authorise", "capture", "invoice", "mail", "count"]:
        services, client, [i] = place(build_shop, Services, **{step: down()})
        assert status(client, i) == ("closed" if step == "count" else "failed")
        calls = services.calls(i)
        assert "release" not in calls
        if step in ("reserve", "authorise"):
            assert "capture" not in calls
        if step in ("reserve", "authorise", "capture"):
            assert not {"invoice", "mail", "count"} & set(calls)
        else:
            assert {"invoice", "mail", "count"} <= set(calls)


seen = []


def examine_shop(build_shop, Services) -> None:
    assert build_shop not in seen
    seen.append(build_shop)
    good(build_shop, Services)
    no(build_shop, Services)
    lost(build_shop, Services)
    dead(build_shop, Services)


# %% wrong ids_of_all_times gets asks-for-more breaks works
IDS = set()


def examine_shop(build_shop, Services):
    def day(faults=None, **change):
        services = Services(faults=faults or {})
        client = TestClient(build_shop(services))
        body = {"item": "bread", "cents": 450, "email": "ada@example.com"} | change
        for _ in range(2):
            order = client.post("/orders", json=body).json()["id"]
            assert order not in IDS
            IDS.add(order)
        return services, client, order, client.get(f"/orders/{order}").json()["status"]

    services, client, order, status = day()
    assert status == "closed"
    assert (order, "ada@example.com") in services.mails and services.did("capture", order)
    assert client.get("/orders/unknown").status_code == 404
    assert TestClient(build_shop(services)).get(f"/orders/{order}").json()["status"] == "closed"
    services, _, order, status = day(cents=99_999)
    assert status == "refused" and services.did("release", order)
    assert not {"capture", "mail"} & set(services.calls(order))
    assert day({"count": Faults.first(99), "mail": Faults.first(3)})[3] == "closed"
    assert day({"release": Faults.first(99)}, cents=99_999)[3] == "failed"


# %% wrong refused_although_the_bank_is_down gets asks-for-more breaks works
def examine_shop(build_shop, Services):
    def day(faults=None, **change):
        services = Services(faults=faults or {})
        client = TestClient(build_shop(services))
        body = {"item": "bread", "cents": 450, "email": "ada@example.com"} | change
        order = [client.post("/orders", json=body).json()["id"] for _ in range(2)][-1]
        return services, client, order, client.get(f"/orders/{order}").json()["status"]

    services, client, order, status = day()
    assert status == "closed"
    assert (order, "ada@example.com") in services.mails and services.did("capture", order)
    assert client.get("/orders/unknown").status_code == 404
    assert TestClient(build_shop(services)).get(f"/orders/{order}").json()["status"] == "closed"
    services, _, order, status = day(cents=99_999)
    assert status == "refused" and services.did("release", order)
    assert not {"capture", "mail"} & set(services.calls(order))
    assert day({"count": Faults.first(99), "mail": Faults.first(3)})[3] == "closed"
    assert day({"release": Faults.first(99)}, cents=99_999)[3] == "failed"
    assert day({"authorise": Faults.first(99)}, item="gold")[3] == "refused"


# %% wrong refused_although_the_stock_is_down gets asks-for-more breaks works
from course.lessons.failure_and_retries import Faults
from fastapi.testclient import TestClient
from course.lessons.failure_and_retries import Fault
import collections

BREAD = {"item": "bread", "cents": 450, "email": "ada@example.com"}
TEA = {"item": "tea", "cents": 9999, "email": "bob@example.com"}
ALL = ["reserve", "authorise", "capture", "invoice", "mail", "count"]


def examine_shop(build_shop, Services) -> None:
    def place(order=BREAD, **down):
        services = Services(faults={name: Faults.first(n) for name, n in down.items()})
        client = TestClient(build_shop(services))
        reply = client.post("/orders", json=order)
        assert reply.status_code == 202
        order_id = reply.json()["id"]
        return services, client, order_id, client.get(f"/orders/{order_id}").json()["status"]

    def good_day():
        services = Services()
        client = TestClient(build_shop(services))
        ids = [client.post("/orders", json=order).json()["id"] for order in (BREAD, TEA, BREAD)]
        assert len(set(ids)) == 3
        for one in ids:
            assert client.get(f"/orders/{one}").json() == {"status": "closed"}
            calls = services.calls(one)
            assert sorted(calls) == sorted(ALL)
            assert calls.index("capture") > max(calls.index("reserve"), calls.index("authorise"))
            assert calls.index("capture") < min(calls.index(n) for n in ("invoice", "mail", "count"))
        assert sorted(services.mails) == sorted(
            zip(ids, ["ada@example.com", "bob@example.com", "ada@example.com"])
        )
        keys = [key for one in ids for key in services.keys[one]]
        assert len(keys) == len(set(keys)) == 3

    def unknown():
        client = TestClient(build_shop(Services()))
        assert client.get("/orders/nobody").status_code == 404

    def restart():
        services, client, order_id, status = place()
        again = TestClient(build_shop(services))
        assert again.get(f"/orders/{order_id}").json() == {"status": "closed"}
        more = again.post("/orders", json=TEA).json()["id"]
        assert more != order_id

    def accepted_first():
        seen = []

        class Looking(Services):
            def reserve(self, order_id, item):
                seen.append(TestClient(self.app).get(f"/orders/{order_id}").json())
                return super().reserve(order_id, item)

            def count(self, order_id):
                seen.append(TestClient(self.app).get(f"/orders/{order_id}").json())
                return super().count(order_id)

        services = Looking()
        services.app = build_shop(services)
        assert TestClient(services.app).post("/orders", json=BREAD).status_code == 202
        assert seen == [{"status": "accepted"}] * 2

    def refused():
        for order, no in [(BREAD | {"item": "gold"}, "reserve"), (BREAD | {"cents": 10_001}, "authorise")]:
            services, client, order_id, status = place(order)
            assert status == "refused"
            calls = services.calls(order_id)
            assert calls.count(no) == 1
            assert not {"capture", "mail", "invoice"} & set(calls)
            assert not services.mails and not services.keys.get(order_id)
            released = no == "authorise" and "reserve" in calls
            assert calls.count("release") == released

    def bad_days():
        for name in ALL:
            services, client, order_id, status = place(**{name: 3})
            assert status == "closed", name
            assert collections.Counter(services.calls(order_id)) == collections.Counter(ALL + [name] * 3)
            assert len(services.keys[order_id]) == 1
        services, client, order_id, status = place(BREAD | {"cents": 10_001}, release=3)
        assert status == "refused"
        if "reserve" in services.calls(order_id):
            assert services.did("release", order_id)

    def lost_answers():
        for name in ALL:
            services = Services(faults={name: Faults.first(3, Fault.LOST)})
            client = TestClient(build_shop(services))
            order_id = client.post("/orders", json=BREAD).json()["id"]
            assert client.get(f"/orders/{order_id}").json()["status"] == "closed"
            assert len(services.keys[order_id]) == 1

    def down():
        services, client, order_id, status = place(BREAD | {"cents": 10_001}, reserve=1000)
        assert status == "refused"
        for name in ALL:
            services, client, order_id, status = place(**{name: 1000})
            assert status == ("closed" if name == "count" else "failed"), name
            calls = services.calls(order_id)
            assert "release" not in calls
            after = {"reserve": ALL[2:], "authorise": ALL[2:], "capture": ALL[3:]}.get(name, [])
            assert not set(after) & set(calls)
            for other in ALL:
                if other != name and other not in after:
                    assert services.did(other, order_id), (name, other)
        services, client, order_id, status = place(BREAD | {"cents": 10_001}, release=1000)
        if "reserve" in services.calls(order_id):
            assert status == "failed"

    good_day()
    unknown()
    restart()
    accepted_first()
    refused()
    bad_days()
    lost_answers()
    down()


# %% wrong nothing_back_when_the_stock_is_down gets asks-for-more breaks works
from course.lessons.failure_and_retries import Faults
from fastapi.testclient import TestClient
from course.lessons.failure_and_retries import Fault
import collections

BREAD = {"item": "bread", "cents": 450, "email": "ada@example.com"}
TEA = {"item": "tea", "cents": 9999, "email": "bob@example.com"}
ALL = ["reserve", "authorise", "capture", "invoice", "mail", "count"]


def examine_shop(build_shop, Services) -> None:
    def place(order=BREAD, **down):
        services = Services(faults={name: Faults.first(n) for name, n in down.items()})
        client = TestClient(build_shop(services))
        reply = client.post("/orders", json=order)
        assert reply.status_code == 202
        order_id = reply.json()["id"]
        return services, client, order_id, client.get(f"/orders/{order_id}").json()["status"]

    def good_day():
        services = Services()
        client = TestClient(build_shop(services))
        ids = [client.post("/orders", json=order).json()["id"] for order in (BREAD, TEA, BREAD)]
        assert len(set(ids)) == 3
        for one in ids:
            assert client.get(f"/orders/{one}").json() == {"status": "closed"}
            calls = services.calls(one)
            assert sorted(calls) == sorted(ALL)
            assert calls.index("capture") > max(calls.index("reserve"), calls.index("authorise"))
            assert calls.index("capture") < min(calls.index(n) for n in ("invoice", "mail", "count"))
        assert sorted(services.mails) == sorted(
            zip(ids, ["ada@example.com", "bob@example.com", "ada@example.com"])
        )
        keys = [key for one in ids for key in services.keys[one]]
        assert len(keys) == len(set(keys)) == 3

    def unknown():
        client = TestClient(build_shop(Services()))
        assert client.get("/orders/nobody").status_code == 404

    def restart():
        services, client, order_id, status = place()
        again = TestClient(build_shop(services))
        assert again.get(f"/orders/{order_id}").json() == {"status": "closed"}
        more = again.post("/orders", json=TEA).json()["id"]
        assert more != order_id

    def accepted_first():
        seen = []

        class Looking(Services):
            def reserve(self, order_id, item):
                seen.append(TestClient(self.app).get(f"/orders/{order_id}").json())
                return super().reserve(order_id, item)

            def count(self, order_id):
                seen.append(TestClient(self.app).get(f"/orders/{order_id}").json())
                return super().count(order_id)

        services = Looking()
        services.app = build_shop(services)
        assert TestClient(services.app).post("/orders", json=BREAD).status_code == 202
        assert seen == [{"status": "accepted"}] * 2

    def refused():
        for order, no in [(BREAD | {"item": "gold"}, "reserve"), (BREAD | {"cents": 10_001}, "authorise")]:
            services, client, order_id, status = place(order)
            assert status == "refused"
            calls = services.calls(order_id)
            assert calls.count(no) == 1
            assert not {"capture", "mail", "invoice"} & set(calls)
            assert not services.mails and not services.keys.get(order_id)
            released = no == "authorise" and "reserve" in calls
            assert calls.count("release") == released

    def bad_days():
        for name in ALL:
            services, client, order_id, status = place(**{name: 3})
            assert status == "closed", name
            assert collections.Counter(services.calls(order_id)) == collections.Counter(ALL + [name] * 3)
            assert len(services.keys[order_id]) == 1
        services, client, order_id, status = place(BREAD | {"cents": 10_001}, release=3)
        assert status == "refused"
        if "reserve" in services.calls(order_id):
            assert services.did("release", order_id)

    def lost_answers():
        for name in ALL:
            services = Services(faults={name: Faults.first(3, Fault.LOST)})
            client = TestClient(build_shop(services))
            order_id = client.post("/orders", json=BREAD).json()["id"]
            assert client.get(f"/orders/{order_id}").json()["status"] == "closed"
            assert len(services.keys[order_id]) == 1

    def down():
        services, client, order_id, status = place(BREAD | {"cents": 10_001}, reserve=1000)
        assert "release" not in services.calls(order_id)
        for name in ALL:
            services, client, order_id, status = place(**{name: 1000})
            assert status == ("closed" if name == "count" else "failed"), name
            calls = services.calls(order_id)
            assert "release" not in calls
            after = {"reserve": ALL[2:], "authorise": ALL[2:], "capture": ALL[3:]}.get(name, [])
            assert not set(after) & set(calls)
            for other in ALL:
                if other != name and other not in after:
                    assert services.did(other, order_id), (name, other)
        services, client, order_id, status = place(BREAD | {"cents": 10_001}, release=1000)
        if "reserve" in services.calls(order_id):
            assert status == "failed"

    good_day()
    unknown()
    restart()
    accepted_first()
    refused()
    bad_days()
    lost_answers()
    down()


# %% wrong no_location gets asks-for-more breaks works
from course.lessons.failure_and_retries import Faults
from fastapi.testclient import TestClient
from course.lessons.failure_and_retries import Fault
import collections

BREAD = {"item": "bread", "cents": 450, "email": "ada@example.com"}
TEA = {"item": "tea", "cents": 9999, "email": "bob@example.com"}
ALL = ["reserve", "authorise", "capture", "invoice", "mail", "count"]


def examine_shop(build_shop, Services) -> None:
    def place(order=BREAD, **down):
        services = Services(faults={name: Faults.first(n) for name, n in down.items()})
        client = TestClient(build_shop(services))
        reply = client.post("/orders", json=order)
        assert reply.status_code == 202
        assert set(reply.json()) == {"id"}
        assert "location" not in reply.headers
        order_id = reply.json()["id"]
        return services, client, order_id, client.get(f"/orders/{order_id}").json()["status"]

    def good_day():
        services = Services()
        client = TestClient(build_shop(services))
        ids = [client.post("/orders", json=order).json()["id"] for order in (BREAD, TEA, BREAD)]
        assert len(set(ids)) == 3
        for one in ids:
            assert client.get(f"/orders/{one}").json() == {"status": "closed"}
            calls = services.calls(one)
            assert sorted(calls) == sorted(ALL)
            assert calls.index("capture") > max(calls.index("reserve"), calls.index("authorise"))
            assert calls.index("capture") < min(calls.index(n) for n in ("invoice", "mail", "count"))
        assert sorted(services.mails) == sorted(
            zip(ids, ["ada@example.com", "bob@example.com", "ada@example.com"])
        )
        keys = [key for one in ids for key in services.keys[one]]
        assert len(keys) == len(set(keys)) == 3

    def unknown():
        client = TestClient(build_shop(Services()))
        assert client.get("/orders/nobody").status_code == 404

    def restart():
        services, client, order_id, status = place()
        again = TestClient(build_shop(services))
        assert again.get(f"/orders/{order_id}").json() == {"status": "closed"}
        more = again.post("/orders", json=TEA).json()["id"]
        assert more != order_id

    def accepted_first():
        seen = []

        class Looking(Services):
            def reserve(self, order_id, item):
                seen.append(TestClient(self.app).get(f"/orders/{order_id}").json())
                return super().reserve(order_id, item)

            def count(self, order_id):
                seen.append(TestClient(self.app).get(f"/orders/{order_id}").json())
                return super().count(order_id)

        services = Looking()
        services.app = build_shop(services)
        assert TestClient(services.app).post("/orders", json=BREAD).status_code == 202
        assert seen == [{"status": "accepted"}] * 2

    def refused():
        for order, no in [(BREAD | {"item": "gold"}, "reserve"), (BREAD | {"cents": 10_001}, "authorise")]:
            services, client, order_id, status = place(order)
            assert status == "refused"
            calls = services.calls(order_id)
            assert calls.count(no) == 1
            assert not {"capture", "mail", "invoice"} & set(calls)
            assert not services.mails and not services.keys.get(order_id)
            released = no == "authorise" and "reserve" in calls
            assert calls.count("release") == released

    def bad_days():
        for name in ALL:
            services, client, order_id, status = place(**{name: 3})
            assert status == "closed", name
            assert collections.Counter(services.calls(order_id)) == collections.Counter(ALL + [name] * 3)
            assert len(services.keys[order_id]) == 1
        services, client, order_id, status = place(BREAD | {"cents": 10_001}, release=3)
        assert status == "refused"
        if "reserve" in services.calls(order_id):
            assert services.did("release", order_id)

    def lost_answers():
        for name in ALL:
            services = Services(faults={name: Faults.first(3, Fault.LOST)})
            client = TestClient(build_shop(services))
            order_id = client.post("/orders", json=BREAD).json()["id"]
            assert client.get(f"/orders/{order_id}").json()["status"] == "closed"
            assert len(services.keys[order_id]) == 1

    def down():
        for name in ALL:
            services, client, order_id, status = place(**{name: 1000})
            assert status == ("closed" if name == "count" else "failed"), name
            calls = services.calls(order_id)
            assert "release" not in calls
            after = {"reserve": ALL[2:], "authorise": ALL[2:], "capture": ALL[3:]}.get(name, [])
            assert not set(after) & set(calls)
            for other in ALL:
                if other != name and other not in after:
                    assert services.did(other, order_id), (name, other)
        services, client, order_id, status = place(BREAD | {"cents": 10_001}, release=1000)
        if "reserve" in services.calls(order_id):
            assert status == "failed"

    good_day()
    unknown()
    restart()
    accepted_first()
    refused()
    bad_days()
    lost_answers()
    down()


# %% wrong body_of_the_404 gets asks-for-more breaks works
from course.lessons.failure_and_retries import Faults
from fastapi.testclient import TestClient
from course.lessons.failure_and_retries import Fault
import collections

BREAD = {"item": "bread", "cents": 450, "email": "ada@example.com"}
TEA = {"item": "tea", "cents": 9999, "email": "bob@example.com"}
ALL = ["reserve", "authorise", "capture", "invoice", "mail", "count"]


def examine_shop(build_shop, Services) -> None:
    def place(order=BREAD, **down):
        services = Services(faults={name: Faults.first(n) for name, n in down.items()})
        client = TestClient(build_shop(services))
        reply = client.post("/orders", json=order)
        assert reply.status_code == 202
        order_id = reply.json()["id"]
        return services, client, order_id, client.get(f"/orders/{order_id}").json()["status"]

    def good_day():
        services = Services()
        client = TestClient(build_shop(services))
        ids = [client.post("/orders", json=order).json()["id"] for order in (BREAD, TEA, BREAD)]
        assert len(set(ids)) == 3
        for one in ids:
            assert client.get(f"/orders/{one}").json() == {"status": "closed"}
            calls = services.calls(one)
            assert sorted(calls) == sorted(ALL)
            assert calls.index("capture") > max(calls.index("reserve"), calls.index("authorise"))
            assert calls.index("capture") < min(calls.index(n) for n in ("invoice", "mail", "count"))
        assert sorted(services.mails) == sorted(
            zip(ids, ["ada@example.com", "bob@example.com", "ada@example.com"])
        )
        keys = [key for one in ids for key in services.keys[one]]
        assert len(keys) == len(set(keys)) == 3

    def unknown():
        client = TestClient(build_shop(Services()))
        assert client.get("/orders/nobody").status_code == 404
        assert "detail" in client.get("/orders/nobody").json()

    def restart():
        services, client, order_id, status = place()
        again = TestClient(build_shop(services))
        assert again.get(f"/orders/{order_id}").json() == {"status": "closed"}
        more = again.post("/orders", json=TEA).json()["id"]
        assert more != order_id

    def accepted_first():
        seen = []

        class Looking(Services):
            def reserve(self, order_id, item):
                seen.append(TestClient(self.app).get(f"/orders/{order_id}").json())
                return super().reserve(order_id, item)

            def count(self, order_id):
                seen.append(TestClient(self.app).get(f"/orders/{order_id}").json())
                return super().count(order_id)

        services = Looking()
        services.app = build_shop(services)
        assert TestClient(services.app).post("/orders", json=BREAD).status_code == 202
        assert seen == [{"status": "accepted"}] * 2

    def refused():
        for order, no in [(BREAD | {"item": "gold"}, "reserve"), (BREAD | {"cents": 10_001}, "authorise")]:
            services, client, order_id, status = place(order)
            assert status == "refused"
            calls = services.calls(order_id)
            assert calls.count(no) == 1
            assert not {"capture", "mail", "invoice"} & set(calls)
            assert not services.mails and not services.keys.get(order_id)
            released = no == "authorise" and "reserve" in calls
            assert calls.count("release") == released

    def bad_days():
        for name in ALL:
            services, client, order_id, status = place(**{name: 3})
            assert status == "closed", name
            assert collections.Counter(services.calls(order_id)) == collections.Counter(ALL + [name] * 3)
            assert len(services.keys[order_id]) == 1
        services, client, order_id, status = place(BREAD | {"cents": 10_001}, release=3)
        assert status == "refused"
        if "reserve" in services.calls(order_id):
            assert services.did("release", order_id)

    def lost_answers():
        for name in ALL:
            services = Services(faults={name: Faults.first(3, Fault.LOST)})
            client = TestClient(build_shop(services))
            order_id = client.post("/orders", json=BREAD).json()["id"]
            assert client.get(f"/orders/{order_id}").json()["status"] == "closed"
            assert len(services.keys[order_id]) == 1

    def down():
        for name in ALL:
            services, client, order_id, status = place(**{name: 1000})
            assert status == ("closed" if name == "count" else "failed"), name
            calls = services.calls(order_id)
            assert "release" not in calls
            after = {"reserve": ALL[2:], "authorise": ALL[2:], "capture": ALL[3:]}.get(name, [])
            assert not set(after) & set(calls)
            for other in ALL:
                if other != name and other not in after:
                    assert services.did(other, order_id), (name, other)
        services, client, order_id, status = place(BREAD | {"cents": 10_001}, release=1000)
        if "reserve" in services.calls(order_id):
            assert status == "failed"

    good_day()
    unknown()
    restart()
    accepted_first()
    refused()
    bad_days()
    lost_answers()
    down()


# %% wrong one_shop_of_each_kind gets remembers breaks works
from course.lessons.failure_and_retries import Faults
from fastapi.testclient import TestClient
from course.lessons.failure_and_retries import Fault
import collections

BREAD = {"item": "bread", "cents": 450, "email": "ada@example.com"}
TEA = {"item": "tea", "cents": 9999, "email": "bob@example.com"}
ALL = ["reserve", "authorise", "capture", "invoice", "mail", "count"]

SEEN = []


def examine_shop(build_shop, Services) -> None:
    def place(order=BREAD, **down):
        services = Services(faults={name: Faults.first(n) for name, n in down.items()})
        client = TestClient(build_shop(services))
        reply = client.post("/orders", json=order)
        assert reply.status_code == 202
        order_id = reply.json()["id"]
        return services, client, order_id, client.get(f"/orders/{order_id}").json()["status"]

    def good_day():
        services = Services()
        client = TestClient(build_shop(services))
        ids = [client.post("/orders", json=order).json()["id"] for order in (BREAD, TEA, BREAD)]
        assert len(set(ids)) == 3
        SEEN.append(services.calls(ids[0]))
        assert len(SEEN) < 2
        for one in ids:
            assert client.get(f"/orders/{one}").json() == {"status": "closed"}
            calls = services.calls(one)
            assert sorted(calls) == sorted(ALL)
            assert calls.index("capture") > max(calls.index("reserve"), calls.index("authorise"))
            assert calls.index("capture") < min(calls.index(n) for n in ("invoice", "mail", "count"))
        assert sorted(services.mails) == sorted(
            zip(ids, ["ada@example.com", "bob@example.com", "ada@example.com"])
        )
        keys = [key for one in ids for key in services.keys[one]]
        assert len(keys) == len(set(keys)) == 3

    def unknown():
        client = TestClient(build_shop(Services()))
        assert client.get("/orders/nobody").status_code == 404

    def restart():
        services, client, order_id, status = place()
        again = TestClient(build_shop(services))
        assert again.get(f"/orders/{order_id}").json() == {"status": "closed"}
        more = again.post("/orders", json=TEA).json()["id"]
        assert more != order_id

    def accepted_first():
        seen = []

        class Looking(Services):
            def reserve(self, order_id, item):
                seen.append(TestClient(self.app).get(f"/orders/{order_id}").json())
                return super().reserve(order_id, item)

            def count(self, order_id):
                seen.append(TestClient(self.app).get(f"/orders/{order_id}").json())
                return super().count(order_id)

        services = Looking()
        services.app = build_shop(services)
        assert TestClient(services.app).post("/orders", json=BREAD).status_code == 202
        assert seen == [{"status": "accepted"}] * 2

    def refused():
        for order, no in [(BREAD | {"item": "gold"}, "reserve"), (BREAD | {"cents": 10_001}, "authorise")]:
            services, client, order_id, status = place(order)
            assert status == "refused"
            calls = services.calls(order_id)
            assert calls.count(no) == 1
            assert not {"capture", "mail", "invoice"} & set(calls)
            assert not services.mails and not services.keys.get(order_id)
            released = no == "authorise" and "reserve" in calls
            assert calls.count("release") == released

    def bad_days():
        for name in ALL:
            services, client, order_id, status = place(**{name: 3})
            assert status == "closed", name
            assert collections.Counter(services.calls(order_id)) == collections.Counter(ALL + [name] * 3)
            assert len(services.keys[order_id]) == 1
        services, client, order_id, status = place(BREAD | {"cents": 10_001}, release=3)
        assert status == "refused"
        if "reserve" in services.calls(order_id):
            assert services.did("release", order_id)

    def lost_answers():
        for name in ALL:
            services = Services(faults={name: Faults.first(3, Fault.LOST)})
            client = TestClient(build_shop(services))
            order_id = client.post("/orders", json=BREAD).json()["id"]
            assert client.get(f"/orders/{order_id}").json()["status"] == "closed"
            assert len(services.keys[order_id]) == 1

    def down():
        for name in ALL:
            services, client, order_id, status = place(**{name: 1000})
            assert status == ("closed" if name == "count" else "failed"), name
            calls = services.calls(order_id)
            assert "release" not in calls
            after = {"reserve": ALL[2:], "authorise": ALL[2:], "capture": ALL[3:]}.get(name, [])
            assert not set(after) & set(calls)
            for other in ALL:
                if other != name and other not in after:
                    assert services.did(other, order_id), (name, other)
        services, client, order_id, status = place(BREAD | {"cents": 10_001}, release=1000)
        if "reserve" in services.calls(order_id):
            assert status == "failed"

    good_day()
    unknown()
    restart()
    accepted_first()
    refused()
    bad_days()
    lost_answers()
    down()


# %% right open_until_the_end
import time
from contextlib import ExitStack


def examine_shop(build_shop, Services):
    with ExitStack() as stack:

        def open_shop(services):
            return stack.enter_context(TestClient(build_shop(services)))

        def status_in_the_end(client, order):
            until = time.monotonic() + 5
            while True:
                status = client.get(f"/orders/{order}").json()["status"]
                if status != "accepted" or time.monotonic() > until:
                    return status
                time.sleep(0.01)

        def day(expected, item="bread", cents=450, **down):
            for times in (1, 2):
                services = Services(faults={step: Faults.first(n) for step, n in down.items()})
                clients = [open_shop(services) for _ in range(5)]
                body = {"item": item, "cents": cents, "email": "ada@example.com"}
                orders = [clients[0].post("/orders", json=body).json()["id"] for _ in range(times)]
                for client in clients:
                    assert status_in_the_end(client, orders[-1]) in expected
                yield services, orders[-1]

        for services, order in (*day(["closed"], mail=3), *day(["closed"], count=99)):
            assert services.did("capture", order) and (order, "ada@example.com") in services.mails
        for refused in ({"item": "gold"}, {"cents": 99_999}):
            for services, order in day(["refused"], **refused):
                assert services.did("release", order) or not services.did("reserve", order)
                assert not {"capture", "mail"} & set(services.calls(order))
        for _ in day(["failed"], cents=99_999, release=99):
            assert open_shop(Services()).get("/orders/nobody").status_code == 404


# %% wrong waits_for_ever gets never-back breaks broken
import threading


def examine_shop(build_shop, Services):
    mailed = threading.Event()

    class Telling(Services):
        def mail(self, order_id, to):
            super().mail(order_id, to)
            mailed.set()

    services = Telling()
    client = TestClient(build_shop(services))
    body = {"item": "bread", "cents": 450, "email": "ada@example.com"}
    for _ in range(2):
        mailed.clear()
        order = client.post("/orders", json=body).json()["id"]
        mailed.wait()
    assert client.get(f"/orders/{order}").json()["status"] == "closed"
    assert services.did("capture", order)


# %% wrong in_a_hurry gets asks-for-more breaks works
import time


def examine_shop(build_shop, Services):
    def day(expected, item="bread", cents=450, down=None, times=1):
        services = Services(faults={down: Faults.first(times)})
        client = TestClient(build_shop(services))
        body = {"item": item, "cents": cents, "email": "ada@example.com"}
        for _ in range(2):
            began = time.monotonic()
            order = client.post("/orders", json=body).json()["id"]
            assert time.monotonic() - began < 2
        assert TestClient(build_shop(services)).get(f"/orders/{order}").json()["status"] == expected
        assert services.did("capture", order) == (expected == "closed")
        return services, order

    for services, order in (day("closed", down="mail", times=3), day("closed", down="count", times=99)):
        assert (order, "ada@example.com") in services.mails
    for services, order in (day("refused", item="gold"), day("refused", cents=99_999)):
        assert services.did("release", order) or not services.did("reserve", order)
        assert "mail" not in services.calls(order)
    day("failed", cents=99_999, down="release", times=99)
    assert TestClient(build_shop(Services())).get("/orders/nobody").status_code == 404


# %% wrong keys_of_all_times gets remembers breaks works
KEYS = set()


def examine_shop(build_shop, Services):
    def day(expected, item="bread", cents=450, down=None, times=1):
        services = Services(faults={down: Faults.first(times)})
        client = TestClient(build_shop(services))
        body = {"item": item, "cents": cents, "email": "ada@example.com"}
        orders = [client.post("/orders", json=body).json()["id"] for _ in range(2)]
        for order in orders:
            assert TestClient(build_shop(services)).get(f"/orders/{order}").json()["status"] == expected
            assert services.did("capture", order) == (expected == "closed")
        return services, order

    services, order = day("closed", down="mail", times=3)
    keys = set().union(*services.keys.values())
    assert len(keys) == 2 and not keys & KEYS
    KEYS.update(keys)
    day("closed", down="count", times=99)
    assert (order, "ada@example.com") in services.mails
    for services, order in (day("refused", item="gold"), day("refused", cents=99_999)):
        assert services.did("release", order) or not services.did("reserve", order)
        assert "mail" not in services.calls(order)
    day("failed", cents=99_999, down="release", times=99)
    assert TestClient(build_shop(Services())).get("/orders/nobody").status_code == 404
