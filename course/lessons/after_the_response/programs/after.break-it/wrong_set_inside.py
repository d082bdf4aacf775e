# gets: not-json
# breaks: body
def breaking_request() -> dict[str, object]:
    return {"email": {"ada@example.com"}, "newsletter": True}
