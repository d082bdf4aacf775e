# gets: too-narrow
# breaks: right
class TestOrders:
    def test_answer(self, shop):
        reply = shop.client.post("/orders", json={"email": "ada@example.org"})
        assert reply.status_code == 202
        assert reply.json() == {"id": 1}

    def test_each_order_is_mailed_once(self, shop):
        emails = ("ada@example.org", "bob@example.org")
        replies = [shop.client.post("/orders", json={"email": email}) for email in emails]
        assert [reply.json()["id"] for reply in replies] == [1, 2]
        assert shop.mailer.sent == [("ada@example.org", 1), ("bob@example.org", 2)]

    def test_nobody_is_mailed_about_a_refused_order(self, shop):
        assert (
            shop.client.post("/orders", json={"email": "nobody"}).json()["detail"][0]["type"]
            == "string_pattern_mismatch"
        )
        assert shop.mailer.tries == 0

    def test_a_mail_is_tried_three_times(self, shop):
        shop.mailer.fail(2)
        shop.client.post("/orders", json={"email": "ada@example.org"})
        assert shop.mailer.sent == [("ada@example.org", 1)]

    def test_the_ledger_does_not_depend_on_the_mail(self, shop):
        shop.mailer.fail(3)
        shop.client.post("/orders", json={"email": "ada@example.org"})
        assert shop.mailer.tries == 3
        assert shop.ledger == [1]

    def test_the_client_does_not_wait(self, shop):
        with shop.serve() as server:
            shop.mailer.hold()
            server.client.post("/orders", json={"email": "ada@example.org"})
            shop.mailer.release()
            server.settle()
