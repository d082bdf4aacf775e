# gets: always-waits
# breaks: quick
def test_mail_follows(server, mailer):
    time.sleep(1)
    mailer.hold()
    reply = server.client.post("/orders", json={"email": "ada@example.org"})
    assert reply.status_code == 202
    mailer.release()
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]
