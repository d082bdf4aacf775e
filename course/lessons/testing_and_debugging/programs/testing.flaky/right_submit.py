def test_mail_follows(server, mailer):
    mailer.hold()
    try:
        pending = server.submit("POST", "/orders", json={"email": "ada@example.org"})
        assert pending.result(timeout=1).is_success
        assert mailer.sent == []
    finally:
        mailer.release()
    server.settle(timeout=2)
    (mail,) = mailer.sent
    assert mail == ("ada@example.org", 1)
