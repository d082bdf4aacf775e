# gets: not-a-path
# breaks: path
def freezing_request() -> str:
    return "send/special?to=ada@busy.example"
