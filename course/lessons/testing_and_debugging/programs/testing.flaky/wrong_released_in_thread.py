# gets: blind-to-order
# breaks: order
def test_mail_follows(server, mailer):
    import threading

    mailer.hold()
    threading.Timer(0.1, mailer.release).start()
    reply = server.client.post("/orders", json={"email": "ada@example.org"})
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]
