"""The class board as a service that a JupyterHub runs (deploy/README.md).

The hub says where to listen, and who is who. Its argument is the name of the class.
"""

from __future__ import annotations

import socket
import sys
import time
from os import environ
from urllib.parse import urlsplit

from course.classroom import board, hub, live
from course.classroom.store import Store
from course.cli._failures import CannotGoOn
from course.cli.classes import only_one


def main() -> None:
    """Serve the class until the hub ends it."""
    where = urlsplit(environ["JUPYTERHUB_SERVICE_URL"])
    store = Store()
    found = store.open(sys.argv[1], time.time())
    try:
        with only_one(found):
            at = socket.create_server((where.hostname or "", where.port or 80), backlog=1024)
            with at:
                board.serve(board.create_service(live.Live(store, found), hub.hub_of_this_service()), at)
    except CannotGoOn as trouble:
        sys.exit(str(trouble))
    finally:
        store.close()


if __name__ == "__main__":
    main()
