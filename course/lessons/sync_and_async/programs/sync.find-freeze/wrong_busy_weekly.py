# gets: nobody-waited
def freezing_request() -> str:
    return "/send/weekly?to=ada@busy.example"
