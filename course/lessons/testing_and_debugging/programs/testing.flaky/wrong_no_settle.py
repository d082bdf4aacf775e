# gets: red-when-slow
# breaks: green
def test_mail_follows(server, mailer):
    mailer.hold()
    reply = server.client.post("/orders", json={"email": "ada@example.org"})
    assert reply.status_code == 202
    mailer.release()
    assert mailer.sent == [("ada@example.org", 1)]
