def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("authorise", lambda: functions["authorise"]())
    manager.add_task("reserve", lambda: functions["reserve"]())
    manager.add_task("invoice", lambda authorise: functions["invoice"](), ["authorise"])
    manager.add_task("pack", lambda reserve: functions["pack"](), ["reserve"])
    return manager
