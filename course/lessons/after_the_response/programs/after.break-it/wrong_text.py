# gets: not-a-body
def breaking_request():
    return '{"email": "dora@example.com", "newsletter": true}'
