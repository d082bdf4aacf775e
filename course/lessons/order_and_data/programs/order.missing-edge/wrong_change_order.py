# gets: still-fails
# breaks: reads
def mended():
    Order.label = lambda self: self.row.update(label="")
    Order.mail = lambda self: self.row.update(mail="")
    return dict(AFTER)
