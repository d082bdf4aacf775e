def mended() -> dict[str, list[str]]:
    """The arrows of the order: every task after all that it reads."""
    return {**AFTER, "label": ["pack", "find_address"], "mail": ["ship", "invoice"]}
