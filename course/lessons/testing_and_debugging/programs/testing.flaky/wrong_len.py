# gets: blind-to-address
# breaks: address
def test_mail_follows(server, mailer):
    mailer.hold()
    reply = server.client.post("/orders", json={"email": "ada@example.org"})
    assert reply.status_code == 202
    mailer.release()
    server.settle()
    assert len(mailer.sent) == 1
