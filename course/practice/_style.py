"""The look that everything of the engine shares: JupyterLab's own colours, with fallbacks for elsewhere."""

from functools import cache
from pathlib import Path


@cache
def css() -> str:
    """The stylesheet, on one line."""
    return " ".join((Path(__file__).parent / "style.css").read_text("utf-8").split())


def page(html: str) -> str:
    """``html`` with the stylesheet that it needs."""
    return f"<style>{css()}</style>{html}"
