"""What a board that is a service of a JupyterHub asks the hub: whose seat it is, and who may see the page."""

from __future__ import annotations

import hmac
import json
import os
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx

_PATIENCE = httpx.Timeout(20)


class HubAway(Exception):
    """The hub does not answer as a hub does. It is asked again later."""


@dataclass(frozen=True)
class Hub:
    """The hub of a service. All values but ``transport`` are what a hub gives to its services."""

    api: str
    """The address of its API, as this machine reaches it."""
    base: str
    """The path below which browsers reach the hub: ``/``."""
    prefix: str
    """The path below which browsers reach the service, without the last slash: ``/services/class-board``."""
    client: str
    """The name of the service where users let it know who they are."""
    token: str
    access: frozenset[str]
    """Each of these scopes lets a user see the service."""
    transport: httpx.AsyncBaseTransport | None = None

    def gave(self, ticket: str, user: str) -> bool:
        """Whether the hub gave this ticket to the seats of that user."""
        return hmac.compare_digest(ticket, ticket_of(self.token, user))

    def login(self, state: str) -> str:
        """Where a browser goes to show who its user is. The hub asks for it back with ``state``."""
        asked = {"client_id": self.client, "redirect_uri": self._back, "response_type": "code"}
        return f"{self.base}hub/api/oauth2/authorize?{urlencode({**asked, 'state': state})}"

    async def lets_in(self, code: str) -> bool:
        """Whether who comes back from there with that code may see the service, by the roles of the hub.

        Raises:
            HubAway: the hub does not answer.
        """
        form = {"client_id": self.client, "client_secret": self.token, "grant_type": "authorization_code"}
        form |= {"code": code, "redirect_uri": self._back}
        token = (await self._ask("POST", "oauth2/token", data=form)).get("access_token")
        if not token:
            return False
        head = {"Authorization": f"token {token}"}
        found = await self._ask("GET", "user", headers=head)
        return not self.access.isdisjoint(found.get("scopes", ()))

    @property
    def _back(self) -> str:
        return f"{self.prefix}/oauth_callback"

    async def _ask(self, method: str, what: str, **more: Any) -> dict[str, Any]:
        """The hub's answer; nothing where it refuses."""
        own: dict[str, Any] = {"timeout": _PATIENCE, "trust_env": False, "transport": self.transport}
        try:
            async with httpx.AsyncClient(**own) as client:
                answer = await client.request(method, f"{self.api}/{what}", **more)
            if 400 <= answer.status_code < 500:
                return {}
            found = answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise HubAway(type(error).__name__) from None
        return found if isinstance(found, dict) else {}


def ticket_of(token: str, user: str) -> str:
    """What a hub gives to the seats of a user: it shows who they are to the board with that token.

    It opens nothing else. The token that opens a seat stays there: on a machine that all seats share, anybody
    can listen where a board has been.
    """
    return hmac.new(token.encode(), user.encode(), "sha256").hexdigest()


def hub_of_this_service() -> Hub:
    """The hub that has started this process as its service."""
    said = os.environ
    return Hub(
        api=said["JUPYTERHUB_API_URL"].rstrip("/"),
        base=said["JUPYTERHUB_BASE_URL"],
        prefix=said["JUPYTERHUB_SERVICE_PREFIX"].rstrip("/"),
        client=said["JUPYTERHUB_CLIENT_ID"],
        token=said["JUPYTERHUB_API_TOKEN"],
        access=frozenset(json.loads(said["JUPYTERHUB_OAUTH_ACCESS_SCOPES"])),
    )
