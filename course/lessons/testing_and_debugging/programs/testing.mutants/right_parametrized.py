ADA = {"email": "ada@example.org"}


class TestOrders:
    @pytest.mark.parametrize("failures", [0, 1, 2, 3, 4])
    def test_the_whole_story_on_a_server(self, shop, failures):
        shop.mailer.fail(failures)
        shop.mailer.hold()
        with shop.serve() as server:
            replies = [server.client.post("/orders", json=ADA)]
            shop.mailer.release()
            server.settle()
            shop.mailer.fail(0)
            replies.append(server.client.post("/orders", json={"email": "bob@example.org"}))
            server.settle()
        assert [(reply.status_code, reply.json()["id"]) for reply in replies] == [(202, 1), (202, 2)]
        ada = [("ada@example.org", 1)] if failures < 3 else []
        assert shop.mailer.sent == [*ada, ("bob@example.org", 2)]
        assert shop.mailer.tries == min(failures, 2) + 2
        assert shop.ledger == [1, 2]

    @pytest.mark.parametrize("bad", [{}, {"email": ""}, {"email": "nobody"}])
    def test_refused(self, shop, bad):
        shop.client.post("/orders", json=bad)
        assert (shop.mailer.tries, shop.ledger) == (0, [])
