# gets: always-waits
def test_mail_follows(server, mailer):
    server.client.post("/orders", json={"email": "ada@example.org"})
    time.sleep(1.5)
    assert mailer.sent == [("ada@example.org", 1)]
