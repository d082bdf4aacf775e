# gets: mail-arrived
def breaking_request():
    return {"email": "dora@example.com", "referred_by": "ada@example.com"}
