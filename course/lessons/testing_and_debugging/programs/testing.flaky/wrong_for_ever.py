# gets: waits-for-ever
def test_mail_follows(server, mailer):
    mailer.hold()
    server.client.post("/orders", json={"email": "ada@example.org"})
    mailer.release()
    while not mailer.sent:
        time.sleep(0.01)
    assert mailer.sent == [("ada@example.org", 1)]
