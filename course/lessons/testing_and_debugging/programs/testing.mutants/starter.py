class TestOrders:
    def test_answer(self, shop):
        reply = shop.client.post("/orders", json={"email": "ada@example.org"})
        assert reply.status_code == ____
