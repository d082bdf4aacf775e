# gets: mail-arrived
# breaks: lost
def breaking_request() -> dict[str, object]:
    return {"email": "ada@example.com", "newsletter": "false"}
