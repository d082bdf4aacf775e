# gets: request-refused
def breaking_request():
    return {}
