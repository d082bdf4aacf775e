# gets: not-a-path
def freezing_request() -> str:
    return "http://127.0.0.1:8000/send/special?to=ada@busy.example"
