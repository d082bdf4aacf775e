def freezing_request() -> str:
    return "/send/christmas%20card?to=a@example.com,b@busy.example"
