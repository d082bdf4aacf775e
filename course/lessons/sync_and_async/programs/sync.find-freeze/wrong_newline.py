# gets: not-a-path
def freezing_request() -> str:
    return "/send/special?to=a@busy.example\n"
