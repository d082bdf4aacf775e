def test_mail_follows(server, mailer):
    mailer.hold()
    server.client.post("/orders", json={"email": "ada@example.org"}).raise_for_status()
    assert not mailer.sent
    mailer.release()
    deadline = time.monotonic() + 2
    while not mailer.sent:
        assert time.monotonic() < deadline, "no mail within two seconds"
        time.sleep(0.01)
    assert [to for to, _ in mailer.sent] == ["ada@example.org"]
