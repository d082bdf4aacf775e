def freezing_request() -> str:
    """The path, with its query, of a POST after which the other clients wait."""
    return ____
