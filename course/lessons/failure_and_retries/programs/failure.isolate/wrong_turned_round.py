# gets: ran-anyway
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("invoice", functions["invoice"])
    manager.add_task("authorise", functions["authorise"], ["invoice"])
    manager.add_task("pack", functions["pack"])
    manager.add_task("reserve", functions["reserve"], ["pack"])
    return manager
