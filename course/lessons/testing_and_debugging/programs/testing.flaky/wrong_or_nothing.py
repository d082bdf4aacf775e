# gets: blind-to-silence
def test_mail_follows(server, mailer):
    mailer.hold()
    server.client.post("/orders", json={"email": "ada@example.org"})
    mailer.release()
    server.settle()
    for mail in mailer.sent:
        assert mail == ("ada@example.org", 1)
