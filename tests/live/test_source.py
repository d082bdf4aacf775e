import inspect

import pytest
import starlette.background
from starlette.background import BackgroundTask

import course.live
from course.live import serve, show_source


def test_shows_what_is_installed() -> None:
    shown = show_source(BackgroundTask.__call__)
    assert repr(shown).startswith("async def __call__(self) -> None:\n    if self.is_async:\n")
    bundle = shown._repr_mimebundle_()
    assert bundle["text/plain"] == repr(shown)
    assert bundle["text/markdown"].startswith(
        "`starlette/background.py: BackgroundTask.__call__`\n```python\n"
    )


def test_a_module_and_lines_of_it() -> None:
    whole = repr(show_source(starlette.background))
    assert whole == inspect.getsource(starlette.background).rstrip()
    assert repr(show_source(starlette.background, lines=(1, 1))) == "from __future__ import annotations"
    with pytest.raises(LookupError, match=r"starlette\.background has lines 1 to"):
        show_source(starlette.background, lines=(1, 10_000))


def test_docstrings_can_go() -> None:
    shown = repr(show_source(serve, strip_docstring=True))
    assert '"""' not in shown
    assert "return Server(app" in shown
    only = repr(show_source(course.live.LiveError, strip_docstring=True))
    assert only == repr(show_source(course.live.LiveError)), "a body that is only a docstring keeps it"


def test_nothing_of_this_machine_is_told() -> None:
    text = str(show_source(starlette.background)._repr_mimebundle_())
    assert starlette.background.__file__.removesuffix("starlette/background.py") not in text


def test_fences_in_the_source_do_not_end_the_block() -> None:
    def fenced() -> str:
        return "```"

    assert "\n````python\n" in show_source(fenced)._repr_mimebundle_()["text/markdown"]


def test_what_has_no_source() -> None:
    with pytest.raises(LookupError, match="There is no source to show for len"):
        show_source(len)
