"""With nest_asyncio applied, before or after the bench is imported, it works as without."""

import subprocess
import sys
from subprocess import PIPE

APPLY = "import asyncio, nest_asyncio\nloop = asyncio.new_event_loop()\nnest_asyncio.apply(loop)\n"
IMPORT = "from course.live import Inbox, serve\nfrom fastapi import BackgroundTasks, FastAPI\n"
USE = """
import threading
app = FastAPI()

@app.get("/")
def index(tasks: BackgroundTasks) -> int:
    tasks.add_task(int)
    return 1

async def cell():
    for _ in range(3):
        with serve(app) as server, Inbox():
            print(server.client.get("/").json())
            server.settle()
            print(*[task.outcome for task in server.timeline.tasks])
    print(threading.active_count())

loop.run_until_complete(cell())
loop.close()
"""


def test_beside_nest_asyncio() -> None:
    command = [sys.executable, "-W", "ignore::DeprecationWarning:nest_asyncio", "-c"]  # it warns on 3.14
    programs = [APPLY + IMPORT + USE, IMPORT + APPLY + USE]
    running = [subprocess.Popen([*command, p], stdout=PIPE, stderr=PIPE, text=True) for p in programs]
    for process in running:
        assert process.communicate(timeout=300) == ("1\ndone\n" * 3 + "1\n", "")
