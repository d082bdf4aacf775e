"""What ``check`` gives back: one object with a text face and an HTML face."""

from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from course.practice._markup import inline, to_html, to_text
from course.practice._style import page
from course.practice._texts import say

State = Literal["not attempted", "not yet", "passed"]


@dataclass(frozen=True)
class Result:
    """The state of an exercise after a check, and why.

    ``miss`` is the id of what went wrong, ``None`` unless the state is "not yet". ``printed`` is what the
    program printed meanwhile. ``timeline`` is what happened on the bench, when it came to that.
    """

    id: str
    title: str
    state: State
    message: str
    miss: str | None = None
    steps: tuple[str, ...] = ()
    printed: str = ""
    printed_more: bool = False
    timeline: Any = None

    @property
    def passed(self) -> bool:
        """Whether the exercise is done."""
        return self.state == "passed"

    def __repr__(self) -> str:
        parts = [self._head(), to_text(self.message, "  ")]
        parts += [to_text(step, "  ") for step in self.steps]
        return "\n".join(parts)

    def _repr_html_(self) -> str:
        parts = [f'<p class="cp-head"><strong>{inline(self._head())}</strong></p>']
        parts += [f'<div class="cp-message">{to_html(self.message)}</div>', self._printed(), self._picture()]
        parts += [f'<p class="cp-step">{inline(step)}</p>' for step in self.steps]
        html = f'<section class="cp cp-{self._kind}">{"".join(parts)}</section>'
        return (
            html if self.state == "not attempted" else page(html)
        )  # what a fresh notebook stores has no style

    @property
    def _kind(self) -> str:
        return self.state.replace(" ", "-")

    def _head(self) -> str:
        return say(f"lines.{self._kind}", title=self.title)

    def _printed(self) -> str:
        if not self.printed.strip():
            return ""
        more = f"<p>{escape(say('lines.printed-more'))}</p>" if self.printed_more else ""
        return (
            f'<details class="cp-printed"><summary>{escape(say("lines.printed"))}</summary>'
            f"<pre>{escape(self.printed)}</pre>{more}</details>"
        )

    def _picture(self) -> str:
        if self.timeline is None or not self.timeline.events:
            return ""
        caption = f"<figcaption>{escape(say('lines.happened'))}</figcaption>"
        return f'<figure class="cp-picture">{caption}{self.timeline.svg()}</figure>'
