from urllib.parse import urlencode


def freezing_request() -> str:
    """The path, with its query, of a POST after which the other clients wait."""
    return "/send/monthly?" + urlencode({"to": "bob@busy.example", "urgent": "false"})
