"""A small notebook, and what nbval says about it."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

IGNORED = "# NBVAL_IGNORE_OUTPUT\n"
"""The first line of a cell whose output nbval does not compare."""

_COLOUR = re.compile(r"\x1b\[[0-9;]*m|#x1B\[[0-9;]*m")


class Verdicts(list[str]):
    """One line per cell."""

    def __repr__(self) -> str:
        return "\n".join(self)


def gate(*cells: tuple[str, str | None], lax: bool = False, sanitize: str | None = None) -> Verdicts:
    """Write a notebook of these cells and let the real ``pytest --nbval`` judge it.

    Args:
        cells: for each cell its code, and the printed text that is stored with it. ``None``: the cell was
            saved without ever having been run.
        lax: with ``--nbval-lax`` instead of ``--nbval``.
        sanitize: a regular expression; what it matches counts as ``X`` on both sides.

    Raises:
        RuntimeError: nbval itself failed.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        written = [_cell(i, *cell) for i, cell in enumerate(cells, 1)]
        notebook = {"cells": written, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        Path(folder, "small.ipynb").write_text(json.dumps(notebook), "utf-8")
        # jsonschema does without it where it is missing, and importing it takes a second
        Path(folder, "rfc3987_syntax.py").write_text("raise ImportError", "utf-8")
        command = [sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", folder, "-q"]
        options = ["--disable-plugin-autoload", "-p", "nbval.plugin", "--nbval-current-env"]
        options.append("--nbval-lax" if lax else "--nbval")
        if sanitize is not None:
            Path(folder, "sanitize.cfg").write_text(f"[regex]\nregex: {sanitize}\nreplace: X\n", "utf-8")
            options.append("--nbval-sanitize-with=sanitize.cfg")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        environment["PYTHONPATH"] = folder
        done = subprocess.run(
            [*command, *options, "-p", "no:cacheprovider", "--junit-xml=result.xml", "small.ipynb"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        result = Path(folder, "result.xml")
        if not result.is_file():
            raise RuntimeError(done.stdout + done.stderr)
        cases = ElementTree.parse(result).getroot().iter("testcase")
        return Verdicts(line for number, case in enumerate(cases, 1) for line in _verdict(number, case))


def _cell(number: int, code: str, stored: str | None) -> dict[str, Any]:
    """A code cell as it stands in the file; written without nbformat, whose import takes a second too."""
    output = {"output_type": "stream", "name": "stdout", "text": f"{stored}\n"}
    return {
        "cell_type": "code",
        "id": f"cell-{number}",
        "metadata": {},
        "source": code,
        "execution_count": None if stored is None else number,
        "outputs": [output] if stored else [],
    }


def _verdict(number: int, case: ElementTree.Element) -> Iterator[str]:
    failure = case.find("failure")
    if failure is None:
        yield f"cell {number}: green"
        return
    text = _COLOUR.sub("", failure.text or "")
    _, _, why = text.partition("Traceback:")
    said = [line.strip() for line in why.splitlines() if line.strip()]
    compared = next((line.partition(" == ") for line in said if line[0] in "'\"" and " == " in line), None)
    if compared:
        yield f"cell {number}: red, {said[0]}: stored {compared[0]}, now {compared[2]}"
    else:
        yield f"cell {number}: red, {said[0] if 'Unexpected' in said[0] else said[-1]}"
