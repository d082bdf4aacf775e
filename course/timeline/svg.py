"""The picture of a timeline: an SVG with lanes, bars and the real times.

No script, no ids, no fonts to fetch; one style element whose rules apply to this picture only, for light and
for dark. Shapes and words say what a thing is; colour alone never does.
"""

from __future__ import annotations

import itertools
from xml.sax.saxutils import escape

from course.timeline.model import LOOP, Exchange, Model, shown
from course.timeline.plan import EDGE, LEFT, LINE, RIGHT, Bar, Label, Lane, Plan, Row, shorten, text_width
from course.timeline.scale import Scale, duration
from course.timeline.text import as_text, nothing_yet
from course.words import say, strung
from course.words import width as columns

_WIDTH = 960.0
_TITLE = 16  # letters of the name of a lane
_PILLS = 5  # with more requests than this, none has a pill and a line
_PILL = 24.0
_PULSE = 34.0  # the height of the lane of ticks
_AXIS = 26.0
_LEGEND = 34.0


def draw(model: Model) -> str:
    """An SVG document."""
    return _Picture(model).svg() if model.exchanges or model.tasks or model.marks else _empty()


def _empty() -> str:
    text = f'<text class="label" x="20" y="29">{escape(nothing_yet())}</text>'
    return document(48, nothing_yet(), [text])


def document(height: float, what: str, parts: list[str], title: str | None = None) -> str:
    """The whole picture: `what` says in words what `parts` show."""
    title = title or say("What ran when")
    return (
        f'<svg class="timed" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:g} {height:g}" '
        f'width="{_WIDTH:g}" role="img"><title>{escape(title)}</title><desc>{escape(what)}</desc>'
        f"<style>{_STYLE}</style>{rect('card', 0.5, 0.5, _WIDTH - 1, height - 1, 8)}{''.join(parts)}</svg>"
    )


class _Picture:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.plan = Plan(model)
        self.scale = self.plan.scale
        self.parts: list[str] = []

    def svg(self) -> str:
        """Ground first, then what lies on it, labels last."""
        pills, top = self._pills()
        bottom = self.plan.place(top)
        axis = bottom + (_PULSE if self.model.pulse else 0)
        self._ground(top, axis)
        for pill in pills:
            self._release_line(pill, axis)
        self._links()
        for lane in self.plan.lanes:
            for row in lane.rows:
                self._row(row)
        if self.model.pulse:
            self._pulse(bottom)
        self._diamonds()
        for pill in pills:
            self._pill(pill)
        idle, rows = idle_times(self.scale, axis)
        self.parts += idle
        axis += rows
        legend = self._legend(axis + _AXIS + 12)
        what = strung(line.strip() for line in as_text(self.model).splitlines())
        return document(axis + _AXIS + _LEGEND + legend, what, self.parts)

    # the moment when a client is released

    def _pills(self) -> tuple[list[Label], float]:
        """One label for each client that has its answer, above the lanes, and where the lanes begin."""
        released = [
            one for one in self.model.exchanges.values() if one.reply is not None and one.sent is not None
        ]
        labels: list[Label] = []
        if len(released) <= _PILLS:
            alone = len({one.lane for one in released}) == 1
            for one in sorted(released, key=_reply):
                assert one.sent is not None
                took = duration(_reply(one) - one.sent)
                text = _released(None if alone else shown(one.lane), took)
                labels.append(_pill_label(labels, text, self.scale.x(_reply(one)), bad=_refused(one)))
        levels = max((label.level for label in labels), default=-1) + 1
        for label in labels:
            label.level = levels - 1 - label.level  # counted from above: the first level is the lowest
        return labels, 14 + levels * (_PILL + 4) + (4 if levels else 0)

    def _release_line(self, pill: Label, bottom: float) -> None:
        self._line(
            "release bad" if pill.bad else "release", pill.at, _pill_top(pill) + _PILL, pill.at, bottom
        )

    def _pill(self, pill: Label) -> None:
        width, bad = text_width(pill.text) + 16, " bad" if pill.bad else ""
        self.parts.append(rect(f"pill{bad}", pill.x, _pill_top(pill), width, _PILL, 12))
        self._text(f"on{bad}", pill.x + width / 2, _pill_top(pill) + 16.5, pill.text, "middle")

    def _diamonds(self) -> None:
        """The end of each wait: a diamond when the answer is there, a cross when there will be none."""
        for number, row in self.plan.row_of_client.items():
            one = self.model.exchanges[number]
            y, size = row.y + row.bar / 2, 4 if row.small else 8
            if one.reply is not None:
                x = self.scale.x(one.reply)
                self.parts.append(diamond(x, y, size, bad=_refused(one)))
            elif one.left is not None:
                x = self.scale.x(one.left)
                self._cross(x, y, size * 0.7)

    # ground

    def _ground(self, top: float, axis: float) -> None:
        for position, lane in enumerate(self.plan.lanes):
            if position % 2 == 0:
                self.parts.append(rect("band", 1, lane.top, _WIDTH - 2, lane.height, 0))
            self._lane_title(lane)
        pauses = [(left + right) / 2 for left, right, _ in self.scale.breaks()]
        for x, text in self.scale.ticks():
            self._line("grid", x, top, x, axis + 5)
            if all(abs(x - pause) > 56 for pause in pauses):
                self._text("tick", x, axis + 19, text, "middle")
        self._line("axis", LEFT, axis, RIGHT, axis)
        for left, right, _ in self.scale.breaks():
            self._break(left, right, top, axis)

    def _lane_title(self, lane: Lane) -> None:
        first = next((row for row in lane.rows if not row.small), None)
        y = lane.top + lane.height / 2 if first is None else first.y + first.bar / 2
        self._text("lane", 14, y + 4.5, shorten(shown(lane.title), _TITLE))

    def _break(self, left: float, right: float, top: float, axis: float) -> None:
        self.parts.append(rect("pause", left + 9, top, right - left - 18, axis - top + 5, 0))
        for x in (left + 9, right - 9):
            steps = "".join(f"l{4 if n % 2 else -4} 6" for n in range(int((axis + 5 - top) // 6)))
            self.parts.append(f'<path class="tear" d="M{x + 2:.1f} {top:.1f}{steps}"/>')

    # what happened

    def _links(self) -> None:
        """Thin arrows where control passes from lane to lane."""
        for number, row in self.plan.row_of_exchange.items():
            one, client = self.model.exchanges[number], self.plan.row_of_client.get(number)
            if client is None or client.small or row.small:
                continue
            edge = row.y if one.thread == LOOP else row.y + row.bar / 2
            if one.sent is not None and one.received is not None:
                to = edge if one.endpoint_started is None else row.y + row.bar / 2
                self._arrow(self.scale.x(one.received), client.y + client.bar, to)
            if one.reply is not None and one.response_complete is not None:
                self._arrow(self.scale.x(one.response_complete), edge, client.y + client.bar)
        for lane in self.plan.threads.values():
            row = lane.rows[0]
            for bar in row.bars:
                home = self.plan.row_of_exchange.get(bar.request or 0)
                if home is not None and not home.small and not row.small:
                    middle = home.y + home.bar / 2
                    self._arrow(bar.start, middle, row.y)
                    if not bar.open:
                        self._arrow(bar.end, row.y, middle)

    def _arrow(self, x: float, start: float, end: float) -> None:
        head = 5 if end < start else -5
        d = f"M{x:.1f} {start:.1f}V{end:.1f}"
        self.parts.append(
            f'<path class="link" d="{d}"/><path class="head" d="M{x:.1f} {end:.1f}l3 {head}h-6z"/>'
        )

    def _row(self, row: Row) -> None:
        middle = row.y + row.bar / 2
        for start, end in row.lines:
            self._line("flow", start + 2, middle, end, middle)
        for bar in row.bars:
            self._bar(bar, row)
        for position, bar in enumerate(row.bars):
            if position in row.inside:
                self._text(f"in {bar.kind}", bar.start + 8, row.y + 16.5, bar.label)
        for label in row.beside:
            self._text("out", label.x, row.y + 16.5, label.text)
        for label in row.above:
            y = row.y - 5 - label.level * 17
            self._line("leader", label.at + 0.5, y + 3, label.at + 0.5, row.y)
            self._label("out", label, y)
        self._pins(row)

    def _pins(self, row: Row) -> None:
        if row.small:
            return
        bottom = row.y + row.bar
        for pin in row.pins:
            self.parts.append(f'<path class="pin" d="M{pin.x:.1f} {bottom + 1:.1f}l5 9h-10z"/>')
        for label in row.below:
            y = bottom + 13 + label.level * 17
            if label.level:
                end = label.x - 2 if label.x > label.at else label.end + 2
                self._line("leader", label.at, bottom + 10, label.at, y - 4)
                self._line("leader", label.at, y - 4, end, y - 4)
            self._label("note", label, y)

    def _bar(self, bar: Bar, row: Row) -> None:
        width = max(bar.end - bar.start, 2.0)
        round_ = min({"task": 11.0, "failed": 11.0, "wait": 3.0}.get(bar.kind, 3.0), row.bar / 2, width / 2)
        kind = bar.kind + (" open" if bar.open else "") + (" small" if row.small else "")
        shape = rect(kind, bar.start, row.y, width, row.bar, round_)
        self.parts.append(f"<g><title>{escape(bar.tip)}</title>{shape}</g>")
        if bar.kind == "failed" and not row.small:
            self._cross(bar.end, row.y + row.bar / 2, 6)

    def _cross(self, x: float, y: float, size: float) -> None:
        self.parts.append(cross(x, y, size))

    def _pulse(self, top: float) -> None:
        """A tick for each tick of the loop; where they are missing, how long."""
        pulse = self.model.pulse or 0
        self._text("lane", 14, top + 21, shorten(say("loop's pulse"), _TITLE))
        first, last = self.scale.zero, self.scale.pieces[-1].end
        xs = {round(self.scale.x(t)) for ticks in self.model.pulses for t in ticks if first <= t <= last}
        beats = "".join(f"M{x} {top + 10:g}v14" for x in sorted(xs))
        self.parts.append(f'<path class="beat" d="{beats}"/>')
        for a, b in (gap for ticks in self.model.pulses for gap in itertools.pairwise(ticks)):
            if b - a > max(4 * pulse, 0.03) and a < last and b > first:
                x0, x1 = self.scale.x(a), self.scale.x(b)
                text = say("no tick for {time}", time=duration(b - a))
                self.parts.append(rect("blocked", x0, top + 8, max(x1 - x0, 1), 18, 2))
                if text_width(text) + 8 <= x1 - x0:
                    self._text("in blocked", (x0 + x1) / 2, top + 21.5, text, "middle")

    # the legend

    def _legend(self, y: float) -> float:
        """What each shape in this picture means. Returns the height that it takes."""
        kinds = {bar.kind for lane in self.plan.lanes for row in lane.rows for bar in row.bars}
        exchanges = self.model.exchanges.values()
        shown: list[str] = [
            kind for kind in ("wait", "handler", "app", "task", "failed", "work") if kind in kinds
        ]
        shown += ["flow"] if any(one.tasks for one in exchanges) else []
        shown += ["link"] if any('class="link"' in part for part in self.parts) else []
        shown += ["diamond"] if any(one.reply is not None for one in exchanges) else []
        shown += ["mark"] if self.model.marks else []
        x, top = LEFT, y
        for kind in shown:
            meaning = _meaning(kind)
            width = 32 + columns(meaning) * 6.4
            if x + width > EDGE:
                x, y = LEFT, y + 20
            self._legend_shape(kind, x, y)
            self._text("key", x + 32, y + 1, meaning)
            x += width + 18
        return y - top

    def _legend_shape(self, kind: str, x: float, y: float) -> None:
        if kind == "diamond":
            self.parts.append(diamond(x + 16, y - 3, 8))
        elif kind == "mark":
            self.parts.append(f'<path class="pin" d="M{x + 18:.1f} {y - 8:.1f}l5 9h-10z"/>')
        elif kind == "link":
            self._arrow(x + 16, y - 10, y + 3)
        elif kind == "flow":
            self._line("flow", x, y - 3, x + 24, y - 3)
        else:
            self.parts.append(rect(kind, x, y - 10, 24, 14, 7 if kind in {"task", "failed"} else 2))
            if kind == "failed":
                self._cross(x + 22, y - 3, 4)

    # pieces

    def _label(self, kind: str, label: Label, y: float) -> None:
        if label.flush_right:
            self._text(kind, label.end, y, label.text, "end")
        else:
            self._text(kind, label.x + 1, y, label.text)

    def _text(self, kind: str, x: float, y: float, said: str, anchor: str = "") -> None:
        self.parts.append(text(kind, x, y, said, anchor))

    def _line(self, kind: str, x1: float, y1: float, x2: float, y2: float) -> None:
        self.parts.append(line(kind, x1, y1, x2, y2))


def _released(who: str | None, took: str) -> str:
    """When a client had its answer; ``who`` it was, if there are several."""
    if who is None:
        return say("client released after {time}", time=took)
    return say("{who} released after {time}", who=who, time=took)


def _meaning(kind: str) -> str:
    """What a shape stands for, for the legend."""
    match kind:
        case "wait":
            return say("client waits")
        case "handler":
            return say("endpoint")
        case "app":
            return say("no endpoint has run")
        case "task":
            return say("background task")
        case "failed":
            return say("did not succeed")
        case "work":
            return say("other code in a thread")
        case "flow":
            return say("request not yet over")
        case "link":
            return say("handed on: request, response, call")
        case "diamond":
            return say("client has its answer")
    return say("mark")


def _reply(one: Exchange) -> float:
    assert one.reply is not None
    return one.reply


def _refused(one: Exchange) -> bool:
    """Whether the client was told that the server has failed."""
    return one.status is not None and one.status >= 500


def idle_times(scale: Scale, axis: float) -> tuple[list[str], float]:
    """The seconds of each pause that is cut out, below the axis; the height of the rows after the first."""
    labels: list[Label] = []
    for left, right, seconds in scale.breaks():
        said = say("{time} idle", time=duration(seconds))
        labels.append(_pill_label(labels, said, (left + right) / 2, bad=False))
    parts = [
        text("tick", (one.x + one.end + 16) / 2, axis + 19 + LINE * one.level, one.text, "middle")
        for one in labels
    ]
    return parts, LINE * max((one.level for one in labels), default=0)


def _pill_label(labels: list[Label], text: str, at: float, *, bad: bool) -> Label:
    """As `stack`, for a label in the middle of its place."""
    width = text_width(text) + 16
    x = max(14.0, min(at - width / 2, EDGE - width))
    level = 0
    while any(o.level == level and o.x < x + width + 8 and x < o.end + 24 for o in labels):
        level += 1
    return Label(x, level, text, at, bad)


def diamond(x: float, y: float, size: float, *, bad: bool = False) -> str:
    """A diamond around a point; `size` is half of its height."""
    kind = "diamond bad" if bad else "diamond"
    d = f"M{x:.1f} {y - size:.1f}l{size} {size} -{size} {size} -{size} -{size}z"
    return f'<path class="{kind}" d="{d}"/>'


def cross(x: float, y: float, size: float) -> str:
    """A cross around a point; `size` is half of its height."""
    side = 2 * size
    d = f"M{x - size:.1f} {y - size:.1f}l{side:.1f} {side:.1f}m0 {-side:.1f}l{-side:.1f} {side:.1f}"
    return f'<path class="halo" d="{d}"/><path class="cross" d="{d}"/>'


def text(kind: str, x: float, y: float, said: str, anchor: str = "") -> str:
    """Words at a point; `anchor` is SVG's text-anchor."""
    where = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}"{where}>{escape(said)}</text>'


def line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    """A line between two points."""
    return f'<path class="{kind}" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>'


def _pill_top(pill: Label) -> float:
    return 12 + pill.level * (_PILL + 4)


def rect(kind: str, x: float, y: float, width: float, height: float, radius: float) -> str:
    """A rectangle of that kind (the name of a rule of the style)."""
    size = f'width="{width:.1f}" height="{height:.1f}" rx="{radius:g}"'
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" {size}/>'


_LIGHT = (
    "--bg:#fff;--edge:#d0d7de;--band:#f5f7f9;--grid:#e3e7eb;--text:#1f2328;--dim:#57606a;"
    "--wait:#eaf4fb;--wait-edge:#0072b2;--handler:#0067a3;--on-handler:#fff;--task:#f0b441;--task-edge:#8a5a00;"
    "--on-task:#1f1600;--work:#d9dee3;--work-edge:#57606a;--bad:#fdeae1;--bad-edge:#b3400a;--on-bad:#7a2a04;"
    "--go:#00704f;--on-go:#fff"
)
_DARK = (
    "--bg:#15191f;--edge:#343b44;--band:#1b2027;--grid:#2b323a;--text:#e8edf2;--dim:#a3adb8;"
    "--wait:#13293a;--wait-edge:#6cbdf0;--handler:#5ab4ea;--on-handler:#04121c;--task:#e9a820;--task-edge:#ffd375;"
    "--on-task:#1a1200;--work:#3a424c;--work-edge:#a3adb8;--bad:#3a1a0d;--bad-edge:#ff8a57;--on-bad:#ffc4a8;"
    "--go:#3ee0a1;--on-go:#02180f"
)
_RULES = """
font:500 12.5px system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',
'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;
width:100%;max-width:1280px;height:auto
|text{fill:var(--text)}
|.card{fill:var(--bg);stroke:var(--edge)}|.band{fill:var(--band)}
|.grid{stroke:var(--grid)}|.axis{stroke:var(--dim)}|.tick,.key{fill:var(--dim);font-size:11.5px}
|.lane{font-weight:600}
|.out,.note{paint-order:stroke;stroke:var(--bg);stroke-width:3px;stroke-linejoin:round}
|.note{font-size:12px;font-style:italic}
|.flow{stroke:var(--dim);stroke-width:2;stroke-dasharray:1 4;stroke-linecap:round}
|.link{stroke:var(--dim);fill:none}|.head{fill:var(--dim)}|.small{stroke-width:1}|.leader{stroke:var(--dim);fill:none;stroke-width:.8}
|.wait{fill:var(--wait);stroke:var(--wait-edge);stroke-width:1.5}
|.handler{fill:var(--handler)}|text.handler{fill:var(--on-handler)}
|.task{fill:var(--task);stroke:var(--task-edge);stroke-width:1.5}|text.task{fill:var(--on-task);stroke:none}
|.app{fill:var(--work);stroke:var(--work-edge)}
|.work{fill:var(--work);stroke:var(--work-edge);stroke-dasharray:3 2}
|.failed{fill:var(--bad);stroke:var(--bad-edge);stroke-width:1.5;stroke-dasharray:5 3}
|text.wait,text.work,text.app{fill:var(--text);stroke:none}|text.failed{fill:var(--on-bad);stroke:none}
|.open{stroke-dasharray:2 2}
|.halo{stroke:var(--bg);stroke-width:5;stroke-linecap:round;fill:none}
|.cross{stroke:var(--bad-edge);stroke-width:2.5;stroke-linecap:round;fill:none}
|.release{stroke:var(--go);stroke-width:2}|.pill,.diamond{fill:var(--go)}
|.diamond{stroke:var(--bg);stroke-width:1.5}|.on{fill:var(--on-go);font-weight:600}
|.release.bad{stroke:var(--bad-edge)}|.pill.bad,.diamond.bad{fill:var(--bad-edge)}
|.pin{fill:var(--text)}|.pause{fill:var(--bg)}|.tear{fill:none;stroke:var(--dim)}
|.dots{stroke:var(--handler);stroke-width:3.6;stroke-linecap:round;stroke-opacity:.6}
|.beat{stroke:var(--dim)}|.blocked{fill:var(--bad);stroke:var(--bad-edge)}|text.blocked{fill:var(--on-bad);stroke:none}
"""


def _style() -> str:
    first, *rest = "".join(_RULES.splitlines()).split("|")
    rules = f"svg.timed{{{first}}}"
    for rule in rest:
        selectors, body = rule.split("{", 1)
        rules += ",".join(f"svg.timed {selector}" for selector in selectors.split(",")) + "{" + body
    return (
        f"svg.timed{{{_LIGHT}}}@media(prefers-color-scheme:dark){{svg.timed{{{_DARK}}}}}"
        f'[data-jp-theme-light="true"] svg.timed,.vscode-light svg.timed{{{_LIGHT}}}'
        f'[data-jp-theme-light="false"] svg.timed,.vscode-dark svg.timed{{{_DARK}}}' + rules
    )


_STYLE = _style()
