"""The parameters of whatever a program hands over as a function, and what it wraps. Nothing here raises."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any

_AS_TEXT: dict[str, Any] = {}  # annotations may name what is nowhere defined
if sys.version_info >= (3, 14):
    import annotationlib

    _AS_TEXT["annotation_format"] = annotationlib.Format.STRING


def signature_of(function: Callable[..., Any], *, follow_wrapped: bool = True) -> inspect.Signature | None:
    """Its signature; None where Python knows none: a class that inherits from `dict`, some functions in C."""
    try:
        return inspect.signature(function, follow_wrapped=follow_wrapped, **_AS_TEXT)
    except Exception:  # a property of the program's own may raise anything
        return None


def unwrapped(function: Any) -> Any:
    """What decorators have wrapped; itself, if they have wrapped it in itself."""
    try:
        return inspect.unwrap(function)
    except Exception:
        return function
