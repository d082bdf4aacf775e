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
