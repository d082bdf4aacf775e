# gets: nobody-waited
def freezing_request() -> str:
    return "/send/daily?to=ada@example.com&urgent=true"
