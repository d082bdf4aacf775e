# gets: request-refused
def breaking_request() -> dict[str, object]:
    return {"email": "ada@example.com", "newsletter": 2}
