# gets: too-narrow
# breaks: works
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
