# gets: mail-arrived
def breaking_request():
    return {"email": "@", "name": "\x00" * 100}
