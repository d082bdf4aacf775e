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
    (late, _), client = order(Services(faults={"count": Faults.first(99)}))
    assert client.get(f"/orders/{late}").json()["status"] == "closed"
