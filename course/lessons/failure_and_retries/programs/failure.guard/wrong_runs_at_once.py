# gets: ran-at-once
def guard(task, report):
    try:
        return task(17, note="urgent")
    except Exception as error:
        report(error)
        return lambda *a, **k: None
