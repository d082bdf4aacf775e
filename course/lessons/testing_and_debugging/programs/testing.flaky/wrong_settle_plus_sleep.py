# gets: always-waits
# breaks: quick
def test_mail_follows(server, mailer):
    mailer.hold()
    server.client.post("/orders", json={"email": "ada@example.org"})
    time.sleep(0.8)
    mailer.release()
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]
