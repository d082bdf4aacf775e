# gets: skipped-too-much
# breaks: free
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"], ["authorise"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager
