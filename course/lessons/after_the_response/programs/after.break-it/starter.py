def breaking_request() -> dict[str, object]:
    """The body of a POST /signup that is answered 202 although its welcome mail is never sent."""
    return ____
