# gets: skipped-too-much
# breaks: invoice
def build_shipping(functions) -> TaskManager:
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorise", "reserve"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager
