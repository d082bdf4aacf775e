def freezing_request() -> str:
    return "/send/x?to=ada@example.com,bob@busy.example"
