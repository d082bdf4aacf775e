def freezing_request() -> str:
    return "/send/special?to=a%40busy.example"
