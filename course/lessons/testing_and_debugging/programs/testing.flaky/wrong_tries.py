# gets: blind-to-silence
def test_mail_follows(server, mailer):
    mailer.hold()
    server.client.post("/orders", json={"email": "ada@example.org"})
    mailer.release()
    for _ in range(200):
        if mailer.sent:
            assert mailer.sent == [("ada@example.org", 1)]
            break
        time.sleep(0.01)
