# gets: not-json
def breaking_request():
    return {"email": b"dora@example.com", "newsletter": True}
