class Shipping(TaskManager):
    """Ours."""


def build_shipping(functions):
    m = Shipping(max_concurrency=2)
    m.add_task("authorise", functions["authorise"], dependencies=[])
    m.add_task("invoice", functions["invoice"], dependencies=["authorise"])
    m.add_task("reserve", functions["reserve"], dependencies=[])
    m.add_task("pack", functions["pack"], dependencies=["reserve"])
    m.resolve_dependencies()
    return m
