# gets: blind-to-order
# breaks: order
def test_mail_follows(server, mailer):
    mailer.hold()
    with contextlib.suppress(httpx.TimeoutException):
        server.client.post("/orders", json={"email": "ada@example.org"})
    mailer.release()
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]
