# gets: blocked-a-thread
def freezing_request() -> str:
    return "/send/weekly?to=ada@busy.example&urgent=1"
