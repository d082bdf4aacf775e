# gets: not-a-path
def freezing_request():
    return "special"
