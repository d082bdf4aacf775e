"""A graph of tasks as dominoes: which have fallen, which may fall next, which still wait or never will."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from course.words import listed, say

_WIDTH, _HEIGHT = 30, 60  # one domino, in pixels
_COLUMN, _ROW = 132, 112  # from one to the next
_LEFT, _TOP = 34, 16
_AFTER = 0.4  # seconds from one fall to the next, when all fall
_PIPS = {  # where the pips of a number sit, in steps of a third of the domino's width
    1: [(0, 0)],
    2: [(-1, -1), (1, 1)],
    3: [(-1, -1), (0, 0), (1, 1)],
    4: [(-1, -1), (1, -1), (-1, 1), (1, 1)],
    5: [(-1, -1), (1, -1), (0, 0), (-1, 1), (1, 1)],
    6: [(-1, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (1, 1)],
}
_LIGHT = (
    "--bg:#fff;--edge:#d0d7de;--text:#1f2328;--dim:#57606a;--done:#c4ccd4;--domino:#2b3440;--pip:#fff;"
    "--line:#7d8a97;--ready:#00704f;--ready-edge:#003d2b;--fallen:#d9dee3;--fallen-edge:#8c96a0;--bad:#b3400a"
)
_DARK = (
    "--bg:#15191f;--edge:#343b44;--text:#e8edf2;--dim:#a3adb8;--done:#4a535d;--domino:#c9d2dc;--pip:#10141a;"
    "--line:#6b7683;--ready:#3ee0a1;--ready-edge:#b4ffe1;--fallen:#3a424c;--fallen-edge:#7d8894;--bad:#ff8a57"
)
_RULES = """
|{font:600 13px system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif;max-width:100%;height:auto}
| text{fill:var(--text);text-anchor:middle}| .small{font-weight:500;font-size:11.5px;fill:var(--dim)}
| .card{fill:var(--bg);stroke:var(--edge)}| .floor{stroke:var(--line);stroke-width:2}
| .arrow{fill:none;stroke:var(--dim);stroke-width:1.6}| .tip{fill:var(--dim)}
| .met{stroke:var(--done);stroke-dasharray:3 4}| .tip.met{fill:var(--done);stroke:none}
| .domino rect{fill:var(--domino)}| .domino circle{fill:var(--pip)}| .domino line{stroke:var(--line)}
| .ready rect{fill:var(--ready);stroke:var(--ready-edge);stroke-width:3}
| .failed rect{fill:var(--bg);stroke:var(--bad);stroke-width:3}
| .cross{stroke:var(--bad);stroke-width:4;stroke-linecap:round}
| .skipped rect{fill:var(--bg);stroke:var(--line);stroke-dasharray:4 3}| .skipped circle{fill:var(--line)}
| .fallen rect{fill:var(--fallen);stroke:var(--fallen-edge)}| .fallen line{stroke:var(--fallen-edge)}
"""


_CROSS = f'<path class="cross" d="M{8 - _WIDTH} {14 - _HEIGHT}L-8 -14M-8 {14 - _HEIGHT}L{8 - _WIDTH} -14"/>'


def _style() -> str:
    rules = "".join(_RULES.splitlines()).replace("|", "svg.dominoes")
    return (
        f"svg.dominoes{{{_LIGHT}}}@media(prefers-color-scheme:dark){{svg.dominoes{{{_DARK}}}}}"
        f'[data-jp-theme-light="true"] svg.dominoes,.vscode-light svg.dominoes{{{_LIGHT}}}'
        f'[data-jp-theme-light="false"] svg.dominoes,.vscode-dark svg.dominoes{{{_DARK}}}{rules}'
        "@media(prefers-reduced-motion:no-preference){"
        "svg.dominoes .falls{animation:domino-falls .7s ease-in backwards}}"
        "@keyframes domino-falls{from{transform:rotate(0)}80%{transform:rotate(84deg)}}"
    )


@dataclass(frozen=True)
class Dominoes:
    """A picture, and the same as text, of a graph of which some tasks are done."""

    after: Mapping[str, Sequence[str]]
    fallen: tuple[str, ...]
    failed: tuple[str, ...] = ()

    @property
    def skipped(self) -> list[str]:
        """Those behind one that failed: they never fall."""
        behind = set(self.failed)
        for _ in self.after:
            behind |= {name for name, needs in self.after.items() if behind & {*needs}}
        return [name for name in self.after if name in behind and name not in self.failed]

    @property
    def ready(self) -> list[str]:
        """Those that wait for nothing any more, as they stand in the graph."""
        over = (*self.fallen, *self.failed)
        return [name for name in self.after if name not in over and not self.waits_for(name)]

    def waits_for(self, name: str) -> list[str]:
        """What `name` still waits for."""
        return [need for need in self.after[name] if need not in self.fallen]

    def __repr__(self) -> str:
        waiting = [
            say("{name} (for {needs})", name=name, needs=listed(self.waits_for(name)))
            for name in self.after
            if name not in (*self.fallen, *self.failed, *self.skipped) and self.waits_for(name)
        ]
        if self.failed:
            return "\n".join(
                [
                    say("fallen:  {names}", names=_listed(self.fallen)),
                    say("failed:  {names}", names=_listed(self.failed)),
                    say("skipped: {names}", names=_listed(self.skipped)),
                ]
            )
        lines = [
            say("fallen:  {names}", names=_listed(self.fallen)),
            say("ready:   {names}", names=_listed(self.ready)),
            say("waiting: {names}", names=_listed(waiting)),
        ]
        if waiting and not self.ready:
            lines.append(say("Nothing is ready, and not all have fallen: stuck."))
        return "\n".join(lines)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002
        return {"text/plain": repr(self), "text/html": self.svg()}

    def svg(self) -> str:
        """The picture: columns from left to right, arrows from what comes first to what waits for it."""
        places = _places(self.after)
        top = (
            _TOP
            if all(places[need][0] < places[n][0] for n in self.after for need in self.after[n])
            else _TOP * 2
        )
        width = _LEFT * 2 + _COLUMN * max(x for x, _ in places.values()) + 96
        height = top + _ROW * (1 + max(y for _, y in places.values())) + 8
        at = {name: (_LEFT + _COLUMN * x, top + _ROW * y + _HEIGHT) for name, (x, y) in places.items()}
        arrows = [self._arrow(at[need], at[name], need) for name in self.after for need in self.after[name]]
        dominoes = [self._domino(name, *at[name]) for name in self.after]
        legend = say("pips: how many it still waits for")
        title = say("Dominoes: {fallen} of {all} have fallen", fallen=len(self.fallen), all=len(self.after))
        return "\n".join(
            [
                f'<svg class="dominoes" xmlns="http://www.w3.org/2000/svg" role="img" '
                f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}">',
                f"<title>{escape(title)}</title>",
                f"<desc>{escape(repr(self))}</desc>",
                f"<style>{_style()}</style>",
                f'<rect class="card" x=".5" y=".5" width="{width - 1:g}" height="{height - 1:g}" rx="8"/>',
                *arrows,
                *dominoes,
                f'<text class="small" x="{width - 12:g}" y="{height - 10:g}" style="text-anchor: end">'
                f"{escape(legend)}</text>",
                "</svg>",
            ]
        )

    def _arrow(self, start: tuple[float, float], end: tuple[float, float], need: str) -> str:
        met = need in self.fallen
        x1, y1 = start[0] + _WIDTH + 6, start[1] - 8
        x2, y2 = end[0] - 8, end[1] - 8
        if x2 > x1:
            bend = (x1 + x2) / 2
            path = f"M{x1:g} {y1:g} C{bend:g} {y1:g} {bend:g} {y2:g} {x2 - 7:g} {y2:g}"
            tip = f"M{x2:g} {y2:g} l-9 -4.5 v9 z"
        else:  # against the reading direction: round the top
            x1, x2, top = start[0] + _WIDTH / 2, end[0] + _WIDTH / 2, min(start[1], end[1]) - _HEIGHT - 20
            y1, y2 = start[1] - _HEIGHT - 2, end[1] - _HEIGHT - 3
            path = (
                f"M{x1:g} {y1:g} Q{x1:g} {top:g} {x1 - 14:g} {top:g} "
                f"H{x2 + 14:g} Q{x2:g} {top:g} {x2:g} {y2 - 7:g}"
            )
            tip = f"M{x2:g} {y2:g} l-4.5 -8 h9 z"
        kind = " met" if met else ""
        return f'<path class="arrow{kind}" d="{path}"/><path class="tip{kind}" d="{tip}"/>'

    def _domino(self, name: str, x: float, floor: float) -> str:
        fallen, ready = name in self.fallen, name in self.ready
        kind = "fallen" if fallen else "ready" if ready else "waits"
        kind = "failed" if name in self.failed else "skipped" if name in self.skipped else kind
        middle = x + _WIDTH / 2
        body = (
            f'<rect x="{-_WIDTH}" y="{-_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" rx="4"/>'
            f'<line x1="{4 - _WIDTH}" y1="{-_HEIGHT // 2}" x2="-4" y2="{-_HEIGHT // 2}"/>'
            + (_CROSS if name in self.failed else _pips(len(self.waits_for(name))))
        )
        all_fallen = len(self.fallen) == len(self.after)
        falls = ' class="falls"' if fallen and (all_fallen or name == self.fallen[-1]) else ""
        delay = f";animation-delay:{self.fallen.index(name) * _AFTER:g}s" if falls and all_fallen else ""
        turned = (
            f'<g{falls} style="transform:rotate(90deg){delay}">{body}</g>' if fallen else f"<g>{body}</g>"
        )
        number = f"{self.fallen.index(name) + 1}. " if fallen else ""
        parts = [
            f'<g class="domino {kind}" transform="translate({x + _WIDTH:g} {floor:g})">{turned}</g>',
            f'<path class="floor" d="M{x - 12:g} {floor + 1:g} h{_WIDTH + 74:g}"/>',
            f'<text class="number" x="{middle + 20:g}" y="{floor + 18:g}">{escape(number + name)}</text>',
        ]
        label = {"ready": say("ready"), "failed": say("failed"), "skipped": say("skipped")}.get(kind)
        if label:
            parts.append(f'<text class="small" x="{middle + 20:g}" y="{floor + 34:g}">{escape(label)}</text>')
        return "".join(parts)


def _listed(names: Sequence[str]) -> str:
    return listed(names) or say("none")


def dominoes(
    after: Mapping[str, Sequence[str]], fallen: Iterable[str] = (), failed: Iterable[str] = ()
) -> Dominoes:
    """The dominoes of a graph, `fallen` in this order.

    Args:
        after: each task with those that it waits for.
        fallen: the tasks that are done, first one first.
        failed: the tasks that failed; what waits for them is skipped.

    Raises:
        ValueError: one of them is unknown, or fell before something that it waits for.
    """
    done: list[str] = []
    for name in fallen:
        if name not in after:
            raise ValueError(say("there is no domino called {name!r}", name=name))
        if needs := [need for need in after[name] if need not in done]:
            waits_for = ", ".join(needs)
            raise ValueError(
                say("{name!r} cannot fall yet: it waits for {needs}", name=name, needs=waits_for)
            )
        done.append(name)
    broken = tuple(failed)
    for name in broken:
        if name not in after:
            raise ValueError(say("there is no domino called {name!r}", name=name))
    return Dominoes({name: tuple(needs) for name, needs in after.items()}, tuple(done), broken)


def _pips(number: int) -> str:
    middle = -_WIDTH / 2
    return "".join(
        f'<circle cx="{middle + dx * 8:g}" cy="{-_HEIGHT * 3 / 4 + dy * 8:g}" r="2.8"/>'
        for dx, dy in _PIPS.get(min(number, 6), [])
    )


def _places(after: Mapping[str, Sequence[str]]) -> dict[str, tuple[float, float]]:
    """A column and a row for every task: behind all it waits for, as far as a circle lets it."""
    column: dict[str, int] = {}
    left = list(after)
    while left:
        free = [name for name in left if all(need in column for need in after[name])] or left[:1]
        for name in free:
            column[name] = 1 + max((column[need] for need in after[name] if need in column), default=-1)
        left = [name for name in left if name not in column]
    columns = [[name for name in after if column[name] == x] for x in range(max(column.values()) + 1)]
    tallest = max(map(len, columns))
    return {
        name: (x, y + (tallest - len(names)) / 2)
        for x, names in enumerate(columns)
        for y, name in enumerate(names)
    }
