# gets: red-when-slow
def test_mail_follows(server, mailer):
    server.client.post("/orders", json={"email": "ada@example.org"})
    time.sleep(0.3)
    assert mailer.sent == [("ada@example.org", 1)]
