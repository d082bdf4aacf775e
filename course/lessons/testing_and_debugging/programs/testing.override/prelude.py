class ListMailer:
    def __init__(self):
        self.sent = []

    def send(self, to):
        self.sent.append(to)
