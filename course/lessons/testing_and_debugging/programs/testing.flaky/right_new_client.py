def test_mail_follows(server, mailer):
    mailer.hold()
    reply = server.new_client().post("/orders", json={"email": "ada@example.org"})
    assert reply.status_code == 202
    mailer.release()
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]
