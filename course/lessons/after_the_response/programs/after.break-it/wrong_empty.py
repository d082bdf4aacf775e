# gets: refused
def breaking_request():
    return {}
