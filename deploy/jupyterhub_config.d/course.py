"""Seats of the course on The Littlest JupyterHub. JupyterHub runs this file; `c` is its configuration.

README.md beside this folder says where it goes and what was measured.
"""

import os

# Where the checkout is, with the environment that `python3 -m course start --no-lab` made in it.
COURSE = os.environ.get("COURSE_CHECKOUT", "/opt/after-the-response")

# The program of a seat copies the lessons to the learner's home and opens lesson 00 there.
c.Spawner.cmd = [f"{COURSE}/.venv/bin/python", "-P", "-m", "course.cli._hub_seat"]

# A start is a second or two of one processor, and all learners come in the same minute. In turns, the first
# sit soon; all at once, everybody waits for everybody, and a slow disk is enough for the hub to give up on
# all. Who has to wait gets a page (templates/429.html) that tries again by itself.
c.JupyterHub.concurrent_spawn_limit = max(4, 2 * (os.cpu_count() or 1))
c.JupyterHub.template_paths = [f"{COURSE}/deploy/templates"]
c.Spawner.start_timeout = 300  # seconds
c.Spawner.http_timeout = 300  # seconds

# What a seat needs was measured; the limit leaves room for three open lessons and one that goes wrong.
c.Spawner.mem_guarantee = "576M"
c.Spawner.mem_limit = "1G"

# One program that goes wild must not take the processors of the others.
c.Spawner.cpu_limit = 2
