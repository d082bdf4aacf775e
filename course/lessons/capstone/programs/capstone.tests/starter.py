def examine_shop(build_shop, Services) -> None:
    """Raise AssertionError if the shop does not do what the specification says."""
    services = Services()
    client = TestClient(build_shop(services))
    assert ____
