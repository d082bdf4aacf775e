import random


def breaking_request():
    body = dict(email=f"{random.randrange(1000)}@example.org", name="Eve", referred_by="ada@example.com")
    body["newsletter"] = "yes"
    return body
