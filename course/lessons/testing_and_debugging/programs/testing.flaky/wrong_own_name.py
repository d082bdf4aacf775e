# gets: no-test
def mail_follows(server, mailer):
    server.settle()


test_mail_follows = mail_follows
