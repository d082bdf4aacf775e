"""How long tenacity would wait: the pauses of many callers, as a picture. Nobody waits for real."""

from tenacity import RetryCallState, Retrying
from tenacity.wait import wait_base

CALLERS = 60
PAUSES = 7

_LABEL_WIDTH = 150
_ROW = 118
_WIDTH = 720
_TEXT = {
    "title": "The pauses of {callers} callers",
    "desc": "One row per way of waiting, one column per pause, one dot per caller. {facts}",
    "pause": "pause {n}",
    "same": "all the same",
    "spread": "spread",
}


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
            words = [_TEXT["same"] if same else _TEXT["spread"] for same in self.together(name)]
            rows.append(f"{name:{width}}  " + "  ".join(f"{word:12}" for word in words).rstrip())
        return "\n".join(rows)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002
        return {"text/plain": repr(self), "text/html": self._svg()}

    def _svg(self) -> str:
        height = _ROW * len(self.pauses) + 34
        columns = max(len(rows) for rows in self.pauses.values())
        step = (_WIDTH - _LABEL_WIDTH - 20) / columns
        most = max(max(seconds) for rows in self.pauses.values() for seconds in rows)
        parts = []
        for row, (name, rows) in enumerate(self.pauses.items()):
            base = _ROW * (row + 1) + 6
            parts.append(f'<text x="8" y="{base - 40}" font-weight="600">{name}</text>')
            parts.append(
                f'<line x1="{_LABEL_WIDTH}" x2="{_WIDTH - 12}" y1="{base}" y2="{base}" stroke="currentColor" '
                f'stroke-opacity=".4"/><text x="{_LABEL_WIDTH - 8}" y="{base + 4}" text-anchor="end" '
                f'opacity=".75">0 s</text><text x="{_LABEL_WIDTH - 8}" y="{base - _ROW + 30}" '
                f'text-anchor="end" opacity=".75">{most:.0f} s</text>'
            )
            for column, seconds in enumerate(rows):
                for caller, pause in enumerate(seconds):
                    x = _LABEL_WIDTH + step * (column + 0.15 + 0.7 * caller / len(seconds))
                    y = base - pause / most * (_ROW - 26)
                    parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2"/>')
        for column in range(columns):
            x = _LABEL_WIDTH + step * (column + 0.5)
            label = _TEXT["pause"].format(n=column + 1)
            parts.append(
                f'<text x="{x:.0f}" y="{height - 6}" text-anchor="middle" opacity=".75">{label}</text>'
            )
        title = _TEXT["title"].format(callers=self.callers)
        return (
            f'<svg class="timed" viewBox="0 0 {_WIDTH} {height}" width="100%" style="max-width:{_WIDTH}px;'
            f'font:12px system-ui,sans-serif;color:var(--jp-content-font-color1,#222)" fill="currentColor" '
            f'role="img"><title>{title}</title><desc>{_TEXT["desc"].format(callers=self.callers, facts=self)}'
            f"</desc>{''.join(parts)}</svg>"
        )


def draw_waits(callers: int = CALLERS, **ways: wait_base) -> Waits:
    """Draw how long `callers` callers would pause, for each way of waiting; see `Waits`."""
    return Waits(ways, callers)


def _pause(way: wait_base, number: int) -> float:
    state = RetryCallState(Retrying(), None, (), {})
    state.attempt_number = number
    return float(way(state))
