class TestOrders:
    @pytest.fixture
    def order(self, shop):
        def order(email="ada@example.org"):
            return shop.client.post("/orders", json={"email": email})

        return order

    @pytest.fixture(autouse=True)
    def nothing_before(self, shop):
        assert shop.ledger == []
        yield

    def test_two_orders(self, shop, order):
        assert [order(f"{name}@example.org").json()["id"] for name in ("ada", "bob")] == [1, 2]
        assert shop.mailer.sent == [("ada@example.org", 1), ("bob@example.org", 2)]

    def test_accepted_though_the_provider_is_down(self, shop, order):
        shop.mailer.fail(100)
        assert order().status_code == 202
        assert (shop.mailer.tries, shop.ledger, shop.mailer.sent) == (3, [1], [])

    def test_refused(self, shop, order):
        assert order("nobody").is_client_error
        assert shop.mailer.tries == 0

    def test_the_answer_comes_first(self, shop):
        with shop.serve() as server:
            shop.mailer.hold()
            pending = server.submit("POST", "/orders", json={"email": "ada@example.org"})
            assert pending.result(timeout=1).json() == {"id": 1}
