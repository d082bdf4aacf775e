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

    for test in (test_good, test_declined, test_statistics_down, test_unknown):
        test()
