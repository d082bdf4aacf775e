# gets: task-too-many
# breaks: tasks
def build_shipping(functions) -> TaskManager:
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    manager.add_task("report", lambda: None)
    return manager
