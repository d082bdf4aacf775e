# gets: skipped-too-much
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"], ["authorise"])
    manager.add_task("invoice", functions["invoice"], ["reserve"])
    manager.add_task("pack", functions["pack"], ["invoice"])
    return manager
