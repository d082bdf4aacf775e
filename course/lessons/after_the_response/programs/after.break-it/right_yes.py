def breaking_request() -> dict[str, object]:
    return {"email": "@", "newsletter": "yes", "x": [1]}
