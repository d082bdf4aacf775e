"""The class board on The Littlest JupyterHub. JupyterHub runs this file; `c` is its configuration.

Every seat is in the class, by its user's name at the hub. README.md beside this folder says how to set it up.
"""

import hmac
import os
import secrets

COURSE = os.environ.get("COURSE_CHECKOUT", "/opt/after-the-response")

# Seats reach the board where it listens; browsers reach it through the hub's proxy.
BOARD = os.environ.get("COURSE_BOARD", "http://127.0.0.1:8765")

# What the hub and the board alone know, until the hub is started again.
KEY = secrets.token_hex(32)


def class_of(spawner):
    """Where the board is, and a ticket that shows whose seat it is: this one's user, and nobody else's."""
    base = c.JupyterHub.get("base_url", "/").rstrip("/")
    ticket = hmac.new(KEY.encode(), spawner.user.name.encode(), "sha256").hexdigest()
    return f"hub@{BOARD}{base}/services/class-board#{ticket}"


c.Spawner.environment.update({"COURSE_CLASS": class_of})
c.JupyterHub.services.append(
    {
        "name": "class-board",
        "url": BOARD,
        "api_token": KEY,
        "command": [f"{COURSE}/.venv/bin/python", "-P", "-m", "course.cli._hub_board", "Class"],
        "cwd": COURSE,
        "user": "course-board",  # it needs no right but to write its own folder
        "oauth_no_confirm": True,
    }
)
