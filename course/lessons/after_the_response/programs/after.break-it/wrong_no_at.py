# gets: request-refused
# breaks: success
def breaking_request():
    return {"email": "nobody", "newsletter": True}
