"""A learner's seat on a JupyterHub: the program that the hub runs in the learner's name (deploy/README.md).

The lessons are copied to the learner's own home, and JupyterLab opens on the first one, regardless of what
the hub's configuration says about folders and addresses.
"""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path

from course.cli import _child, _class_seat, _lab, _workspace
from course.cli._failures import CannotGoOn
from course.paths import WORKSPACE_VARIABLE, scripts_folder, workspace

_HOME_FOLDER = "~/after-the-response"
_SERVER = "jupyterhub.singleuser"


def main() -> None:
    """Copy the lessons that are not there yet, then serve them with the arguments that the hub gave."""
    try:
        options = get_ready()
    except CannotGoOn as trouble:
        sys.exit(str(trouble))
    _class_seat.take_part(None)
    sys.argv[1:1] = options
    runpy.run_module(_SERVER, run_name="__main__", alter_sys=True)


def get_ready() -> list[str]:
    """Prepare this process and the workspace for a seat; returns JupyterLab's options.

    Raises:
        CannotGoOn: The lessons cannot be copied to the learner's home.
    """
    prefix = Path(sys.prefix)
    os.environ.update(_child.environment(prefix, scripts_folder(prefix)))
    os.environ.setdefault(WORKSPACE_VARIABLE, _HOME_FOLDER)
    folder = workspace()
    first = _workspace.copy_lessons(tell=print)
    options = _lab.prepare(folder)
    os.environ["JUPYTERHUB_ROOT_DIR"] = str(folder)
    os.environ["JUPYTERHUB_DEFAULT_URL"] = f"/lab/tree/{first}"
    return options


if __name__ == "__main__":
    main()
