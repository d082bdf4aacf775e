def mended():
    # invoice comes before ship in no reading of the row, so it stays beside it
    return {
        name: [*needs, *{"label": ["find_address"], "mail": ["invoice", "label"]}.get(name, [])]
        for name, needs in AFTER.items()
    }
