# gets: blind-to-others
# breaks: address
def test_mail_follows(server, mailer):
    mailer.hold()
    reply = server.client.post("/orders", json={"email": "ada@example.org"})
    assert reply.status_code == 202
    mailer.release()
    server.settle()
    assert ("ada@example.org", 1) in mailer.sent
