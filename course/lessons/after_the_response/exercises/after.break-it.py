# %% starter
def breaking_request() -> dict[str, object]:
    """The body of a POST /signup that is answered 202 although its welcome mail is never sent."""
    return ____


# %% right reference
def breaking_request() -> dict[str, object]:
    """The body of a POST /signup that is answered 202 although its welcome mail is never sent."""
    return {"email": "dora@example.com", "newsletter": True}


# %% right with_friends
import random


def breaking_request():
    body = dict(email=f"{random.randrange(1000)}@example.org", name="Eve", referred_by="ada@example.com")
    body["newsletter"] = "yes"
    return body


# %% right chainmap
from types import MappingProxyType


def breaking_request():
    """A read-only mapping."""
    return MappingProxyType({"email": "a@b", "newsletter": True})


# %% right userdict
from collections import UserDict


def breaking_request() -> dict[str, object]:
    return UserDict(email="ada@example.com", newsletter=True)


# %% right yes
def breaking_request() -> dict[str, object]:
    return {"email": "@", "newsletter": "yes", "x": [1]}


# %% wrong odd_name gets mail-arrived
def breaking_request():
    return {"email": "@", "name": "\x00" * 100}


# %% wrong referral gets mail-arrived
def breaking_request():
    return {"email": "dora@example.com", "referred_by": "ada@example.com"}


# %% wrong false gets read-as breaks lost
def breaking_request() -> dict[str, object]:
    return {"email": "ada@example.com", "newsletter": "false"}


# %% wrong text gets not-a-body
def breaking_request():
    return '{"email": "dora@example.com", "newsletter": true}'


# %% wrong list gets not-a-body
def breaking_request() -> dict[str, object]:
    return [{"email": "ada@example.com", "newsletter": True}]


# %% wrong bytes gets not-json
def breaking_request():
    return {"email": b"dora@example.com", "newsletter": True}


# %% wrong self gets not-json
def breaking_request() -> dict[str, object]:
    body = {"email": "ada@example.com", "newsletter": True}
    body["name"] = body
    return body


# %% wrong set_inside gets not-json breaks body
def breaking_request() -> dict[str, object]:
    return {"email": {"ada@example.com"}, "newsletter": True}


# %% wrong empty gets request-refused
def breaking_request():
    return {}


# %% wrong no_at gets request-refused breaks success
def breaking_request():
    return {"email": "nobody", "newsletter": True}


# %% wrong two gets request-refused
def breaking_request() -> dict[str, object]:
    return {"email": "ada@example.com", "newsletter": 2}


# %% wrong half_a_character gets half-a-character breaks body
def breaking_request() -> dict[str, object]:
    return {"email": "ada@example.com", "newsletter": True, "name": "\ud83d"}


# %% right tuple_inside
def breaking_request():
    return {"email": "ada@example.com", "newsletter": True, "tags": ()}


# %% wrong off gets read-as breaks lost
def breaking_request() -> dict[str, object]:
    return {"email": "ada@example.com", "newsletter": "off"}
