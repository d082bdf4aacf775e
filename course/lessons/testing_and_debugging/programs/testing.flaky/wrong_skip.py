# gets: skipped
@pytest.mark.skip(reason="flaky")
def test_mail_follows(server, mailer):
    server.client.post("/orders", json={"email": "ada@example.org"})
    assert mailer.sent == [("ada@example.org", 1)]
