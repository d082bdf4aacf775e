# gets: not-yours
# breaks: own
from course.tasks import TaskManager as MyTaskManager
