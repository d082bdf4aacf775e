from collections import UserDict


def breaking_request() -> dict[str, object]:
    return UserDict(email="ada@example.com", newsletter=True)
