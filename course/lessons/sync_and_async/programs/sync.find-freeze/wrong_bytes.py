# gets: not-a-path
def freezing_request() -> str:
    return b"/send/special?to=a@busy.example"
