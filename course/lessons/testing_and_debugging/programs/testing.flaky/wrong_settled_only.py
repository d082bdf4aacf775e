# gets: blind-to-order
def test_mail_follows(server, mailer):
    server.client.post("/orders", json={"email": "ada@example.org"})
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]
