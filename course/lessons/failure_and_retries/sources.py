"""Look a text up in the source of installed packages."""

import importlib.util
from pathlib import Path


def find_in_sources(text: str, *packages: str) -> list[str]:
    """The files of these packages that contain `text`, as `package/module.py`."""
    found = []
    for package in packages:
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        root = Path(spec.origin).parent
        for path in sorted(root.rglob("*.py")):
            if text in path.read_text("utf-8", errors="replace"):
                found.append(path.relative_to(root.parent).as_posix())
    return found
