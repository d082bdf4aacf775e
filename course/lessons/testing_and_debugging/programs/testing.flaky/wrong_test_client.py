# gets: blind-to-order
def test_mail_follows(server, mailer):
    TestClient(server.app).post("/orders", json={"email": "ada@example.org"})
    assert mailer.sent == [("ada@example.org", 1)]
