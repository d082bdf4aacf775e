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


# %% wrong odd_name gets mail-arrived
def breaking_request():
    return {"email": "@", "name": "\x00" * 100}


# %% wrong referral gets mail-arrived
def breaking_request():
    return {"email": "dora@example.com", "referred_by": "ada@example.com"}


# %% wrong text gets not-a-body
def breaking_request():
    return '{"email": "dora@example.com", "newsletter": true}'


# %% wrong bytes gets not-json
def breaking_request():
    return {"email": b"dora@example.com", "newsletter": True}


# %% wrong empty gets request-refused
def breaking_request():
    return {}


# %% wrong no_at gets request-refused
def breaking_request():
    return {"email": "nobody", "newsletter": True}
