# gets: needless
def mended():
    return dict(
        zip(
            AFTER, [[], ["reserve"], ["find_address"], ["charge"], ["pack"], ["invoice"], ["label"], ["ship"]]
        )
    )
