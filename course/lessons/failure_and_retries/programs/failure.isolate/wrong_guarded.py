# gets: failure-hidden
def build_shipping(functions) -> TaskManager:
    manager = TaskManager()
    manager.add_task("authorise", guarded(functions["authorise"]))
    manager.add_task("reserve", guarded(functions["reserve"]))
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager
