# gets: skipped-too-much
def build_shipping(functions) -> TaskManager:
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["pack"], ["invoice"])
    return manager
