"""How long tenacity would wait: the pauses of many callers, as a picture. Nobody waits for real."""

from xml.sax.saxutils import escape

from tenacity import RetryCallState, Retrying
from tenacity.wait import wait_base

from course.timeline.svg import document, rect
from course.words import say

CALLERS = 60
PAUSES = 7

_WIDTH, _LEFT, _RIGHT = 960, 190, 940
_TOP, _ROW, _HEIGHT = 8, 108, 78


class Waits:
    """The pauses that `callers` callers would make between their attempts, for several ways of waiting.

    The text says, for each pause, whether the callers come back together; the picture has the seconds.
    """

    def __init__(self, ways: dict[str, wait_base], callers: int = CALLERS, pauses: int = PAUSES) -> None:
        self.callers = callers
        self.pauses = {
            name: [[_pause(way, n) for _ in range(callers)] for n in range(1, pauses + 1)]
            for name, way in ways.items()
        }

    def together(self, name: str) -> list[bool]:
        """For each pause, whether all callers wait exactly as long."""
        return [len(set(seconds)) == 1 for seconds in self.pauses[name]]

    def __repr__(self) -> str:
        width = max(map(len, self.pauses))
        rows = []
        for name in self.pauses:
            words = [say("all the same") if same else say("spread") for same in self.together(name)]
            rows.append(f"{name:{width}}  " + "  ".join(f"{word:12}" for word in words).rstrip())
        return "\n".join(rows)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002
        return {"text/plain": repr(self), "text/html": self._svg()}

    def _svg(self) -> str:
        columns = max(len(rows) for rows in self.pauses.values())
        step = (_RIGHT - _LEFT) / columns
        most = max(max(seconds) for rows in self.pauses.values() for seconds in rows)
        parts = []
        for row, (name, rows) in enumerate(self.pauses.items()):
            base = _TOP + _ROW * (row + 1) - 14
            if row % 2 == 0:
                parts.append(rect("band", 1, base - _ROW + 14, _WIDTH - 2, _ROW, 0))
            parts.append(f'<text class="lane" x="14" y="{base - 38}">{escape(name)}</text>')
            for y, text in ((base, "0 s"), (base - _HEIGHT, f"{most:.0f} s")):
                parts.append(f'<path class="{"axis" if y == base else "grid"}" d="M{_LEFT} {y}H{_RIGHT}"/>')
                parts.append(
                    f'<text class="tick" x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{text}</text>'
                )
            for column, seconds in enumerate(rows):
                left = _LEFT + step * (column + 0.12)
                across, up = 0.76 * step / len(seconds), _HEIGHT / most
                dots = [
                    f"M{left + across * caller:.1f} {base - 3 - up * pause:.1f}h0"
                    for caller, pause in enumerate(seconds)
                ]
                parts.append(f'<path class="dots" d="{"".join(dots)}"/>')
        bottom = _TOP + _ROW * len(self.pauses)
        for column in range(columns):
            x = _LEFT + step * (column + 0.5)
            label = escape(say("pause {n}", n=column + 1))
            parts.append(
                f'<text class="tick" x="{x:.0f}" y="{bottom + 18}" text-anchor="middle">{label}</text>'
            )
        facts = say(
            "One row per way of waiting, one column per pause, one dot per caller. {facts}", facts=self
        )
        title = say("The pauses of {callers} callers", callers=self.callers)
        return document(bottom + 30, facts, parts, title)


def draw_waits(callers: int = CALLERS, **ways: wait_base) -> Waits:
    """Draw how long `callers` callers would pause, for each way of waiting; see `Waits`."""
    return Waits(ways, callers)


def _pause(way: wait_base, number: int) -> float:
    state = RetryCallState(Retrying(), None, (), {})
    state.attempt_number = number
    return float(way(state))
