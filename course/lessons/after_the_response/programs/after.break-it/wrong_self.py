# gets: not-json
def breaking_request() -> dict[str, object]:
    body = {"email": "ada@example.com", "newsletter": True}
    body["name"] = body
    return body
