# gets: survived-silent
class TestOrders:
    def test_answer(self, shop):
        reply = shop.client.post("/orders", json={"email": "ada@example.org"})
        assert reply.status_code == 202
        assert reply.json() == {"id": 1}
