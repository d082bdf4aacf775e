"""The time axis of the picture: where a moment is drawn, and what is written below it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass

_BREAK = 34.0  # pixels for a time in which nothing happened
_IDLE = 0.3  # a pause is cut out when it is longer than this part of the time in which something happened
_SHORT = 0.05  # seconds; shorter pauses stay
_TICK = 84.0  # pixels between two ticks, about


@dataclass(frozen=True, slots=True)
class _Piece:
    start: float
    end: float
    left: float
    right: float


class Scale:
    """Maps seconds to pixels; long pauses are cut out."""

    def __init__(self, spans: Iterable[tuple[float, float]], left: float, right: float) -> None:
        merged = _merge(spans)
        self.zero = merged[0][0]
        busy = sum(end - start for start, end in merged) or 0.001
        merged = _join(merged, max(busy * _IDLE, _SHORT))
        busy = sum(end - start for start, end in merged) or 0.001
        width = right - left - _BREAK * (len(merged) - 1)
        self.per_second = width / busy
        self.left, self.right = left, right
        self.pieces: list[_Piece] = []
        for start, end in merged:
            self.pieces.append(_Piece(start, end, left, left + (end - start) * self.per_second))
            left = self.pieces[-1].right + _BREAK

    def x(self, t: float) -> float:
        """The pixel of a moment; what lies outside of the axis is at its end."""
        t = max(t, self.zero)
        before = self.pieces[0]
        for piece in self.pieces:
            if t < piece.start:
                part = (t - before.end) / (piece.start - before.end)
                return before.right + max(0.0, part) * (piece.left - before.right)
            before = piece
            if t <= piece.end:
                return piece.left + (t - piece.start) * self.per_second
        return before.right

    def breaks(self) -> list[tuple[float, float, float]]:
        """The pauses that were cut out: left, right, and their seconds."""
        return [(a.right, b.left, b.start - a.end) for a, b in itertools.pairwise(self.pieces)]

    def ticks(self) -> list[tuple[float, str]]:
        """Pixel and text of each tick: milliseconds or seconds since the first thing happened."""
        step = _nice(_TICK / self.per_second)
        last = self.pieces[-1].end - self.zero
        unit, name = (1.0, "s") if last >= 2 else (0.001, "ms")
        digits = max(0, -math.floor(math.log10(step / unit) + 1e-9))
        ticks: list[tuple[float, str]] = []
        for piece in self.pieces:
            first = math.ceil((piece.start - self.zero) / step - 1e-6)
            for number in range(first, math.floor((piece.end - self.zero) / step + 1e-6) + 1):
                at = self.x(self.zero + number * step)
                text = f"{number * step / unit:.{digits}f}"
                ticks.append((at, f"{text} {name}"))
        return ticks


def _merge(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    return _join(sorted(spans) or [(0.0, 0.001)], 0.0)


def _join(spans: list[tuple[float, float]], pause: float) -> list[tuple[float, float]]:
    """Spans with no more than `pause` between them become one."""
    joined = [spans[0]]
    for start, end in spans[1:]:
        if start - joined[-1][1] <= pause:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _nice(step: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50 …"""
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step * 0.999)


def duration(seconds: float) -> str:
    """``3.4 ms``, ``52 ms``, ``1.25 s``."""
    if seconds >= 0.9995:
        return f"{seconds:.3g} s" if seconds < 100 else f"{seconds:.0f} s"
    milliseconds = seconds * 1000
    return f"{milliseconds:.1f} ms" if milliseconds < 9.95 else f"{milliseconds:.0f} ms"
