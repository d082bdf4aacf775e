# gets: wrong-function
# breaks: tasks
def build_shipping(functions) -> TaskManager:
    manager = TaskManager()
    manager.add_task("authorise", functions["reserve"])
    manager.add_task("reserve", functions["authorise"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager
