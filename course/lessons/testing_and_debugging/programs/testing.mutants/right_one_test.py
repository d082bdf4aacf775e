class TestOrders:
    def test_everything(self, shop, monkeypatch):
        post = lambda email: shop.client.post("/orders", json={"email": email})
        assert (post("ada@example.org").status_code, post("bob@example.org").json()) == (202, {"id": 2})
        assert post("bob").status_code == 422
        assert sorted(shop.mailer.sent) == [("ada@example.org", 1), ("bob@example.org", 2)]
        shop.mailer.fail(2)
        post("cleo@example.org")
        assert shop.mailer.sent[-1] == ("cleo@example.org", 3)
        shop.mailer.fail(5)
        post("dan@example.org")
        assert shop.mailer.tries == 8
        assert shop.ledger == [1, 2, 3, 4]

    def test_who_waits(self, shop):
        with shop.serve() as server:
            shop.mailer.hold()
            pending = server.submit("POST", "/orders", json={"email": "eve@example.org"})
            assert pending.result(timeout=1).status_code == 202
            shop.mailer.release()
