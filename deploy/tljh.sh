#!/bin/sh
# Makes The Littlest JupyterHub on this machine seat learners of the course. Run it as root, in the checkout;
# run it again after an update of the course or of the hub. deploy/README.md says what comes before and after.
set -eu
umask 022
cd "$(dirname "$0")/.."
hub=${TLJH:-/opt/tljh}

if [ "$PWD" != /opt/after-the-response ]; then
    echo "Move the checkout from $PWD to /opt/after-the-response, then run this again there." >&2
    exit 1
fi
if [ ! -x "$hub/hub/bin/jupyterhub" ]; then
    echo "There is no Littlest JupyterHub in $hub. Install it first: deploy/README.md." >&2
    exit 1
fi

# The environment of the seats: the lock, and what the hub wants of its seats, in the hub's own version.
workspace=$(mktemp -d)
COURSE_WORKSPACE=$workspace python3 -m course start --no-lab
rm -r "$workspace"
version=$("$hub/hub/bin/jupyterhub" --version)
.venv/bin/uv pip install --quiet --python .venv/bin/python --constraint requirements.txt "jupyterhub==$version"

# Learners cannot write here: what is not compiled now, each start compiles anew. A package may ship a file that
# is no program of this Python, which is no reason to stop.
.venv/bin/python -m compileall -q course .venv/lib || true

if ! su -s /bin/sh nobody -c "$PWD/.venv/bin/python -P -c 'import course, jupyterhub'"; then
    echo "Learners cannot run $PWD/.venv/bin/python. Is the python3 of this shell one of root's own? Remove .venv" >&2
    echo "and run this again with the system's: PATH=/usr/bin:/bin sh deploy/tljh.sh" >&2
    exit 1
fi

sh deploy/tljh_passwords.sh # nothing new when it was run before the hub was installed, as it should be
install -m 644 deploy/jupyterhub_config.d/course.py "$hub/config/jupyterhub_config.d/course.py"
"$hub/hub/bin/tljh-config" set services.cull.timeout 14400 # seconds; a lecture or lunch must not end a seat
"$hub/hub/bin/tljh-config" reload
