# gets: survivor
def examine_shop(build_shop, Services):
    services = Services()
    client = TestClient(build_shop(services))
    order = client.post("/orders", json={"item": "bread", "cents": 450, "email": "a@example.com"}).json()[
        "id"
    ]
    assert client.get(f"/orders/{order}").json()["status"] == "closed"
    assert services.mails == [(order, "a@example.com")]
    assert services.did("capture", order)
