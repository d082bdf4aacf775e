# gets: sees-nothing
def examine_shop(build_shop, Services):
    client = TestClient(build_shop(Services()))
    reply = client.post("/orders", json={"item": "bread", "cents": 450, "email": "a@example.com"})
    assert reply.status_code == 202
    assert "id" in reply.json()
