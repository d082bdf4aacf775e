# gets: not-a-path
def freezing_request():
    return {"name": "special", "to": "ada@busy.example"}
