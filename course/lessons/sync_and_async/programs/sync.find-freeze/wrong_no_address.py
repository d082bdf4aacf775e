# gets: not-accepted
def freezing_request() -> str:
    return "/send/special"
