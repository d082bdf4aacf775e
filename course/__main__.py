"""The entry of ``python -m course`` and of ``python /path/to/course``: the second works from any folder.

Nothing here may need a package, and everything that is imported must parse on Python 3.8, so that an old
Python gets a sentence instead of a traceback. This file parses on 3.6 and says it by itself, because what
says sentences does not. Python 2 shows the line at which it stops, with the remedy.
"""

import os
import sys

_CAN_SAY = (3, 8)
"""The oldest Python that parses what is imported below."""


def _find_the_package() -> None:  # SyntaxError? This is Python 2. Run: python3 course start
    """Put the repository on the path when the folder itself was given to Python."""
    here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
    if sys.path and os.path.abspath(sys.path[0]) == here:  # noqa: PTH100
        sys.path[0] = os.path.dirname(here)  # noqa: PTH120


if __name__ == "__main__":
    if not __package__:
        _find_the_package()
    if sys.version_info < _CAN_SAY:
        version = ".".join(map(str, sys.version_info[:3]))
        sys.stderr.write(
            f"This is Python {version}; the course needs 3.11 or newer. "
            "Install it and run the same command with it.\n"
        )
        sys.exit(2)
    from course.cli import main

    sys.exit(main())
