def test_mail_follows(server, mailer):
    import threading

    told, send = threading.Event(), mailer.send

    mailer.hold()
    reply = server.client.post("/orders", json={"email": "ada@example.org"})
    assert reply.status_code == 202
    mailer.release()
    for _ in range(2000):
        if mailer.sent:
            break
        told.wait(0.005)
    server.settle()
    assert mailer.sent == [("ada@example.org", 1)]
