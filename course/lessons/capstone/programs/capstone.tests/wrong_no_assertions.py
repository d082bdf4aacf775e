# gets: sees-nothing
def examine_shop(build_shop, Services):
    services = Services()
    client = TestClient(build_shop(services))
    reply = client.post("/orders", json={"item": "bread", "cents": 450, "email": "a@example.com"})
    reply.status_code == 202
    return reply.status_code
