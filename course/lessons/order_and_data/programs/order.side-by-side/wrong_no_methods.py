# gets: no-method
# breaks: own
class MyTaskManager:
    def __init__(self) -> None:
        self.tasks = {}
