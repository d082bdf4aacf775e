# gets: blocked-a-thread
# breaks: freeze
def freezing_request() -> str:
    return "/send/special?to=ada@busy.example&urgent=true"
