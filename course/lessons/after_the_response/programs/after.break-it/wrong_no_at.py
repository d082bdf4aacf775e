# gets: request-refused
def breaking_request():
    return {"email": "nobody", "newsletter": True}
