"""Make the picture in the README by running what it shows: ``python -m course.live.readme_picture``.

A user registers, is answered, and only then gets a welcome by mail and is counted. Like every picture of the
course it shows the real times of one real run, so two runs do not give the same file.
"""

from __future__ import annotations

import argparse
import asyncio
import smtplib
from email.message import EmailMessage
from pathlib import Path

from fastapi import BackgroundTasks, FastAPI

from course.live import Inbox, Timeline, mark, serve
from course.paths import ROOT

DEFAULT = ROOT / "docs" / "timeline.svg"
_PROVIDER = 0.12  # seconds that the mail server takes to accept a message
_DATABASE = 0.03
_STATISTICS = 0.06


def make_app(inbox: Inbox) -> FastAPI:
    """The app of lesson 01: the welcome is sent after the response."""
    app = FastAPI()

    def send_welcome_email(to: str) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "shop@example.org", to, "Welcome"
        message.set_content("Good to have you here.")
        with smtplib.SMTP(inbox.host, inbox.port, local_hostname="localhost", timeout=10) as connection:
            connection.send_message(message)
            mark("mail accepted")

    async def count_signup() -> None:
        await asyncio.sleep(_STATISTICS)

    @app.post("/register", status_code=201)
    async def register(background_tasks: BackgroundTasks) -> dict[str, str]:
        await asyncio.sleep(_DATABASE)
        mark("user saved")
        background_tasks.add_task(send_welcome_email, "ada@example.org")
        background_tasks.add_task(count_signup)
        return {"status": "created"}

    return app


def run() -> Timeline:
    """Register a user and wait until everything is done. The first run, which warms up, is not shown."""
    with Inbox(delay=_PROVIDER) as inbox, serve(make_app(inbox)) as server:
        for _ in range(2):
            server.clear()
            server.client.post("/register").raise_for_status()
            server.settle()
        return server.timeline


def main() -> None:
    """Write the picture."""
    parser = argparse.ArgumentParser(prog="python -m course.live.readme_picture", description=main.__doc__)
    parser.add_argument("path", nargs="?", type=Path, default=DEFAULT, help="default: docs/timeline.svg")
    path: Path = parser.parse_args().path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(run().svg() + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
