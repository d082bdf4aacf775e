# gets: not-accepted
def freezing_request() -> str:
    return "/newsletter/special?to=ada@busy.example"
