# gets: red-when-quick
# breaks: green
def test_mail_follows(server, mailer):
    server.client.post("/orders", json={"email": "ada@example.org"})
    mailer.hold()
    assert mailer.sent == []
    mailer.release()
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]
