"""Where the functions that mail are defined."""

real_mails: list[str] = []


def send_welcome(email: str) -> None:
    """Mail for real; it is noted in `real_mails`."""
    real_mails.append(email)


async def send_news(email: str) -> None:
    """The same, async."""
    real_mails.append(email)
