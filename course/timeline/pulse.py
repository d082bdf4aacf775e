"""Several runs below each other: how steadily the event loop ticked in each, on one scale of time."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from course.timeline.model import Model
from course.timeline.plan import text_width
from course.timeline.scale import duration
from course.timeline.svg import document, rect
from course.timeline.timeline import NoPulse, Timeline
from course.words import say, strung

_TITLE, _LEFT, _RIGHT, _GAP, _REPLY = 14.0, 250.0, 690.0, 815.0, 935.0
_HEAD, _ROW = 40.0, 34.0


class Heartbeats:
    """The pulses of several timelines, each with its longest standstill and its slowest reply.

    Args:
        timelines: what to show, under which title. Their servers were started with `pulse`.

    Raises:
        LookupError: a timeline has no pulse.
    """

    def __init__(self, timelines: Mapping[str, Timeline]) -> None:
        self.timelines = dict(timelines)
        if any(timeline._model.pulse is None for timeline in self.timelines.values()):
            raise NoPulse

    def __repr__(self) -> str:
        return say("The event loop's pulse in: {titles}", titles=strung(self.timelines))

    def svg(self) -> str:
        """The picture, as the text of an SVG document."""
        rows = [_Row(title, timeline) for title, timeline in self.timelines.items()]
        seconds = max(max(row.seconds for row in rows), 0.01)
        parts = [
            f'<text class="key" x="{x:g}" y="26"{_anchor(end)}>{escape(word)}</text>'
            for word, x, end in (
                (say("loop's pulse"), _LEFT, False),
                (say("longest standstill"), _GAP, True),
                (say("slowest reply"), _REPLY, True),
            )
        ]
        for number, row in enumerate(rows):
            parts += row.draw(_HEAD + number * _ROW, (_RIGHT - _LEFT) / seconds, shaded=number % 2 == 0)
        said = strung(row.sentence() for row in rows)
        return document(_HEAD + len(rows) * _ROW + 8, said, parts, say("How steadily the event loop ticked"))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:  # noqa: ARG002
        return {"text/plain": repr(self), "text/html": self.svg()}


class _Row:
    def __init__(self, title: str, timeline: Timeline) -> None:
        model: Model = timeline._model
        self.title = title
        self.ticks = [t for ticks in model.pulses for t in ticks]
        self.gaps = [gap for ticks in model.pulses for gap in itertools.pairwise(ticks)]
        self.limit = max(4 * (model.pulse or 0), 0.03)
        self.zero = min(self.ticks, default=0.0)
        self.seconds = max(self.ticks, default=0.0) - self.zero
        self.standstill = max((b - a for a, b in self.gaps), default=0.0)
        self.reply = max(
            (one.reply - one.sent for one in timeline.requests if one.reply and one.sent), default=0.0
        )

    def sentence(self) -> str:
        return say(
            "{title}: longest standstill {standstill}, slowest reply {reply}",
            title=self.title,
            standstill=duration(self.standstill),
            reply=duration(self.reply),
        )

    def draw(self, top: float, per_second: float, *, shaded: bool) -> list[str]:
        def x(t: float) -> float:
            return _LEFT + (t - self.zero) * per_second

        middle = top + _ROW / 2 + 4.5
        beats = "".join(f"M{at} {top + 8:g}v18" for at in sorted({round(x(t)) for t in self.ticks}))
        parts = [rect("band", 1, top, 958, _ROW, 0)] if shaded else []
        parts.append(f'<text class="lane" x="{_TITLE:g}" y="{middle:g}">{escape(self.title)}</text>')
        parts.append(f'<path class="beat" d="{beats}"/>')
        for start, end in self.gaps:
            if end - start > self.limit:
                parts.append(rect("blocked", x(start), top + 8, x(end) - x(start), 18, 2))
                text = duration(end - start)
                if text_width(text) + 8 <= x(end) - x(start):
                    at = (x(start) + x(end)) / 2
                    parts.append(_number("in blocked", at, middle, text, "middle"))
        parts.append(_number("out", _GAP, middle, duration(self.standstill), "end"))
        parts.append(_number("out", _REPLY, middle, duration(self.reply), "end"))
        return parts


def _number(kind: str, x: float, y: float, text: str, anchor: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _anchor(end: bool) -> str:
    return ' text-anchor="end"' if end else ""


def heartbeats(timelines: Mapping[str, Timeline]) -> Heartbeats:
    """Draw the pulses of several timelines below each other; see `Heartbeats`.

    Raises:
        LookupError: a timeline has no pulse.
        ValueError: there is no timeline.
    """
    if not timelines:
        raise ValueError(say("heartbeats() needs at least one timeline."))
    return Heartbeats(timelines)
