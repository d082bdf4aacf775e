"""Send one run to Celery's broker: ``python -m course.lessons.beyond_one_process.send_run <run id>``."""

import sys

from course.lessons.beyond_one_process.celery_app import start

if __name__ == "__main__":
    start(sys.argv[1])
