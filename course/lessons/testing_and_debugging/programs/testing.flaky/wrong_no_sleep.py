# gets: red-when-quick
def test_mail_follows(server, mailer):
    mailer.hold()
    server.client.post("/orders", json={"email": "ada@example.org"})
    mailer.release()
    assert mailer.sent[0] == ("ada@example.org", 1) and mailer.tries == 0
