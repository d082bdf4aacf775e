# %% starter
def freezing_request() -> str:
    """The path, with its query, of a POST after which the other clients wait."""
    return ____


# %% right reference
def freezing_request() -> str:
    return "/send/special?to=ada@busy.example"


# %% right monthly
from urllib.parse import urlencode


def freezing_request() -> str:
    """The path, with its query, of a POST after which the other clients wait."""
    return "/send/monthly?" + urlencode({"to": "bob@busy.example", "urgent": "false"})


# %% right several_addresses
def freezing_request() -> str:
    return "/send/x?to=ada@example.com,bob@busy.example"


# %% right encoded
def freezing_request() -> str:
    return "/send/special?to=a%40busy.example"


# %% right list_of_two
def freezing_request() -> str:
    return "/send/christmas%20card?to=a@example.com,b@busy.example"


# %% wrong urgent gets blocked-a-thread breaks freeze
def freezing_request() -> str:
    return "/send/special?to=ada@busy.example&urgent=true"


# %% wrong urgent_weekly gets blocked-a-thread
def freezing_request() -> str:
    return "/send/weekly?to=ada@busy.example&urgent=1"


# %% wrong busy_weekly gets nobody-waited
def freezing_request() -> str:
    return "/send/weekly?to=ada@busy.example"


# %% wrong special_but_not_busy gets nobody-waited
def freezing_request() -> str:
    return "/send/special?to=ada@example.com"


# %% wrong urgent_render gets nobody-waited
def freezing_request() -> str:
    return "/send/daily?to=ada@example.com&urgent=true"


# %% wrong weekly gets nobody-waited
def freezing_request() -> str:
    return "/send/weekly?to=ada@example.com"


# %% wrong upper gets nobody-waited
def freezing_request() -> str:
    return "/send/special?to=ada@BUSY.EXAMPLE"


# %% wrong dict gets not-a-path
def freezing_request():
    return {"name": "special", "to": "ada@busy.example"}


# %% wrong name_only gets not-a-path
def freezing_request():
    return "special"


# %% wrong no_slash gets not-a-path breaks path
def freezing_request() -> str:
    return "send/special?to=ada@busy.example"


# %% wrong whole_address gets not-a-path
def freezing_request() -> str:
    return "http://127.0.0.1:8000/send/special?to=ada@busy.example"


# %% wrong bytes gets not-a-path
def freezing_request() -> str:
    return b"/send/special?to=a@busy.example"


# %% wrong newline gets not-a-path
def freezing_request() -> str:
    return "/send/special?to=a@busy.example\n"


# %% wrong two_slashes gets two-slashes breaks path
def freezing_request() -> str:
    return "//send/special?to=a@busy.example"


# %% wrong no_address gets not-accepted
def freezing_request() -> str:
    return "/send/special"


# %% wrong other_path gets not-accepted breaks accepted
def freezing_request() -> str:
    return "/newsletter/special?to=ada@busy.example"


# %% wrong server_and_path gets two-slashes
def freezing_request() -> str:
    return "//localhost/send/welcome?to=ada@busy.example"
