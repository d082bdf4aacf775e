# gets: blind-to-address
def test_mail_follows(server, mailer):
    server.client.post("/orders", json={"email": "ada@example.org"})
    server.settle()
    assert len(mailer.sent) == 1
    assert server.timeline.before("response", "mail sent")
