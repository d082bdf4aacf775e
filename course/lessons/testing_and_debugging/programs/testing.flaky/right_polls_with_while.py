def test_mail_follows(server, mailer):
    mailer.hold()
    reply = server.client.post("/orders", json={"email": "ada@example.org"})
    assert reply.status_code == 202
    mailer.release()
    end = time.time() + 30
    while mailer.sent != [("ada@example.org", 1)]:
        assert time.time() < end, "nothing was mailed"
        time.sleep(0.02)
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]
