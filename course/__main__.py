"""The entry of ``python -m course`` and of ``python /path/to/course``: the second works from any folder.

Nothing here may need a package, and everything that is imported must parse on Python 3.8, so that an old
Python gets a sentence instead of a traceback.
"""

import os
import sys


def _find_the_package() -> None:
    """Put the repository on the path when the folder itself was given to Python."""
    here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
    if sys.path and os.path.abspath(sys.path[0]) == here:  # noqa: PTH100
        sys.path[0] = os.path.dirname(here)  # noqa: PTH120


if __name__ == "__main__":
    if not __package__:
        _find_the_package()
    from course.cli import main

    sys.exit(main())
