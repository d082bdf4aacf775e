def respond_then(content: object, functions: list) -> Response:
    """A JSON response that, once sent, runs `functions` (def or async def, no arguments) in order."""
    return ____
