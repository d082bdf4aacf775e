# gets: refused
def breaking_request():
    return {"email": "nobody", "newsletter": True}
