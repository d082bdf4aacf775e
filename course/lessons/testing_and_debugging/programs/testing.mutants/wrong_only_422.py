# gets: too-narrow
# breaks: right
class TestOrders:
    def test_refuses(self, shop):
        reply = shop.client.post("/orders", json={"email": "nobody"})
        assert reply.status_code == 422
        assert reply.json()["detail"][0]["loc"] == ["body", "email"]
