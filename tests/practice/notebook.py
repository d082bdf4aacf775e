"""Run each program of ``travellers.py`` in the cells of a shell, there and in a check, and say what it did.

Run as a script: ``python notebook.py <lessons of the rehearsal>``.
"""

import asyncio
import inspect
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

import course.lessons
from course.practice import examine, find_exercise, lesson
from tests.practice.travellers import PROGRAMS, STAY

HELPER = """
from pathlib import Path
PATH = Path(__file__)
def discount(price):
    return price * 0.9
class Rate:
    def __init__(self, rate):
        self.rate = rate
    def of(self, price):
        return self.rate * price
"""


def check(bench: Any, build_register: Any) -> dict[str, str]:
    """Report what the program returns."""
    return {"address": repr(bench.run(build_register))}


def in_the_notebook(build_register: Any) -> str:
    """What the program returns here."""

    async def awaited() -> Any:
        result = build_register()
        return await result if inspect.isawaitable(result) else result

    return repr(asyncio.new_event_loop().run_until_complete(awaited()))


def main() -> None:
    course.lessons.__path__ = [sys.argv[1]]
    Path("helper.py").write_text(HELPER, encoding="utf-8")
    sys.path.insert(0, "")
    shell = InteractiveShell.instance()
    sys.modules["__main__"] = shell.user_module
    check.__module__ = "course.practice"  # the check of an author, which is found by its name
    found = lesson("rehearsal")
    text = found.text.exercises["demo.welcome"]
    exercise = replace(find_exercise("demo.welcome", found), check=check)
    answers = {}
    for name, source in (PROGRAMS | STAY).items():
        for cell in source.split("# %%"):
            shell.run_cell(cell, silent=True).raise_error()
        build_register = shell.user_ns["build_register"]
        result = examine(exercise, found, text, [build_register])
        here = in_the_notebook(build_register) if name in PROGRAMS else ""
        answers[name] = (result.state, result.miss, result.message, here)
        shell.reset(new_session=True)
        shell.user_ns["__spec__"] = None  # as in a kernel; Python 3.14 looks for it to start a process
    print("\n" + json.dumps(answers))


if __name__ == "__main__":
    main()
