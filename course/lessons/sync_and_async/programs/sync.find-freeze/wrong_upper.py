# gets: nobody-waited
def freezing_request() -> str:
    return "/send/special?to=ada@BUSY.EXAMPLE"
