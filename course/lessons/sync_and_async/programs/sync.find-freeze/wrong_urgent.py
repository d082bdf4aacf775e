# gets: blocked-a-thread
def freezing_request() -> str:
    return "/send/special?to=ada@busy.example&urgent=true"
