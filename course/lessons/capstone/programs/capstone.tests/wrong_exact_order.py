# gets: false-alarm
def examine_shop(build_shop, Services):
    services = Services()
    client = TestClient(build_shop(services))
    order = client.post("/orders", json={"item": "bread", "cents": 450, "email": "a@example.com"}).json()[
        "id"
    ]
    assert services.calls(order) == ["authorise", "reserve", "capture", "mail", "invoice", "count"]
