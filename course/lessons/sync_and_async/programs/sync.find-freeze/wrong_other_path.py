# gets: not-accepted
# breaks: accepted
def freezing_request() -> str:
    return "/newsletter/special?to=ada@busy.example"
