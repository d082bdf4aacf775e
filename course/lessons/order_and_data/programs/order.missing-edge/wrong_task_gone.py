# gets: other-tasks
# breaks: same
def mended():
    return {n: d for n, d in {**AFTER, "label": ["pack", "find_address"]}.items() if n != "invoice"}
