"""Start the seats of a class before it comes, four at a time, and say how long each took.

    JUPYTERHUB_API_TOKEN=… python3 deploy/start_seats.py https://hub.example.org names.txt

The names stand in the file, one on a line; what follows a # is a comment. A hub's names have small letters,
digits and hyphens: it says which name each learner types. Who is not known yet is added. The token is an
admin's, from the hub's page "Token". Needs Python and nothing else. Running it again starts only what does
not run.
"""

from __future__ import annotations

import codecs
import json
import os
import re
import sys
import time
import unicodedata
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

AT_ONCE = 4
_PATIENCE = 600
"""Seconds that one seat may take, waiting for its turn included."""


def main() -> int:
    """Start them all; the exit status is 1 if a seat did not start."""
    token = os.environ.get("JUPYTERHUB_API_TOKEN")
    if len(sys.argv) != 3 or not token:
        sys.exit(__doc__)
    hub, names = Hub(sys.argv[1], token), read_names(Path(sys.argv[2]).read_bytes())
    begun = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        started = sum(pool.map(lambda name: _start(hub, name), names))
    print(f"{started} of {len(names)} seats are ready after {time.monotonic() - begun:.0f} s.")
    return 0 if started == len(names) else 1


def read_names(content: bytes) -> list[str]:
    """The hub's names of the learners in a file, in UTF-8 or UTF-16; prints those that are written otherwise.

    Ends the program if two learners would have one name, or a line has no letter that can be kept.
    """
    utf_16 = content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    found: dict[str, str] = {}
    for line in content.decode("utf-16" if utf_16 else "utf-8-sig").splitlines():
        written = line.partition("#")[0].strip(" \t,;")
        if not written:
            continue
        plain = unicodedata.normalize("NFKD", written).encode("ascii", "ignore").decode().lower()
        name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
        if not name:
            sys.exit(f"{written!r} has no letters from a to z: write a name for the hub in its place.")
        if name in found:
            sys.exit(f"{written!r} and {found[name]!r} would both be {name!r}: tell them apart in the file.")
        found[name] = written
        if name != written:
            print(f"{written} types the name {name}", flush=True)
    return list(found)


def _start(hub: Hub, name: str) -> bool:
    begun = time.monotonic()
    try:
        hub.start(name)
    except OSError as error:
        print(f"{name}: no seat ({error})", flush=True)
        return False
    print(f"{name}: ready after {time.monotonic() - begun:.1f} s", flush=True)
    return True


class Hub:
    """What of a hub's API starts a seat."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url.rstrip("/"), token

    def start(self, name: str) -> None:
        """Add the user if need be, start the seat and wait for it.

        Raises:
            OSError: The hub refuses, or cannot be reached.
            TimeoutError: The seat did not become ready in time.
        """
        user = f"users/{urllib.parse.quote(name, safe='')}"
        deadline = time.monotonic() + _PATIENCE
        self._ask("POST", user, or_else=(409,))  # 409: there is such a user
        while time.monotonic() < deadline:
            server = json.loads(self._ask("GET", user)[1])["servers"].get("")
            if server and server["ready"]:
                return
            pause = 1.0
            if not server:
                refused = self._ask("POST", f"{user}/server", or_else=(400, 429))[0] >= 400
                pause = 5.0 if refused else 0.5  # others have their turn
            time.sleep(pause)
        raise TimeoutError(f"not ready after {_PATIENCE} s")

    def _ask(self, method: str, path: str, *, or_else: tuple[int, ...] = ()) -> tuple[int, bytes]:
        """Status and body of the answer; OSError for one that is an error and not among these."""
        request = urllib.request.Request(f"{self._url}/hub/api/{path}", method=method)
        request.add_header("Authorization", f"token {self._token}")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            if refused.code not in or_else:
                raise
            return refused.code, refused.read()


if __name__ == "__main__":
    sys.exit(main())
