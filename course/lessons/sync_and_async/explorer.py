"""The explorer: sliders that run the real experiment and draw it."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from course.lessons.sync_and_async.experiment import Observation
from course.lessons.sync_and_async.kinds import NAMES, observe
from course.words import say

_HERE = Path(__file__).parent

REQUESTS = (1, 12)
MILLISECONDS = (20, 200)


class Explorer(anywidget.AnyWidget):
    """Three settings, and the picture of what they lead to. Made by `explore`."""

    _esm = (_HERE / "explorer.js").read_text("utf-8")
    _css = (_HERE / "explorer.css").read_text("utf-8")

    labels: Any = traitlets.Dict().tag(sync=True)
    kinds: Any = traitlets.List().tag(sync=True)
    ranges: Any = traitlets.Dict().tag(sync=True)
    setting: Any = traitlets.Dict().tag(sync=True)
    seen: Any = traitlets.Dict().tag(sync=True)

    def __init__(self, kind: str, requests: int, milliseconds: int) -> None:
        self._runs = 0
        super().__init__(
            labels=_labels(),
            kinds=NAMES,
            ranges={"requests": REQUESTS, "milliseconds": MILLISECONDS},
        )
        self.run(kind, requests, milliseconds)
        self.on_msg(self._receive)

    def run(self, kind: str, requests: int, milliseconds: int) -> Observation:
        """Make the experiment, and show it.

        Raises:
            ValueError: a setting is out of range.
        """
        setting = _checked(kind, requests, milliseconds)
        observation = observe(kind, requests, milliseconds / 1000)
        self._runs += 1
        self.setting = setting
        self.seen = {"words": repr(observation), "picture": observation.timeline.svg(), "run": self._runs}
        return observation

    def _receive(self, _widget: Any, message: dict[str, Any], _buffers: Any) -> None:
        """The front end asks for a run."""
        self.run(message["kind"], message["requests"], message["milliseconds"])

    def __repr__(self) -> str:
        other = next(name for name in reversed(NAMES) if name != self.setting["kind"])
        setting = say(
            "{kind} · requests: {requests} · each task: {milliseconds} ms",
            kind=self.setting["kind"],
            requests=self.setting["requests"],
            milliseconds=self.setting["milliseconds"],
        )
        how = say(
            'Other settings: explore(kind="{other}", requests=6, milliseconds=100). Kinds: {kinds}.',
            other=other,
            kinds="; ".join(NAMES),
        )
        return "\n".join([setting, self.seen["words"], how])

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["text/plain"] = repr(self)
            data["text/html"] = f"<pre>{escape(repr(self))}</pre>{self.seen['picture']}"
        return bundle


def _labels() -> dict[str, str]:
    """What the front end shows beside the picture."""
    return {
        "kind": say("Kind of task"),
        "requests": say("Requests at the same time"),
        "milliseconds": say("Milliseconds that a task takes"),
        "run": say("Run it again"),
        "running": say("Running …"),
    }


def _checked(kind: str, requests: int, milliseconds: int) -> dict[str, Any]:
    if kind not in NAMES:
        raise ValueError(
            say("There is no kind {kind!r}. There are: {kinds}.", kind=kind, kinds=", ".join(NAMES))
        )
    for name, (low, high), got in (
        ("requests", REQUESTS, requests),
        ("milliseconds", MILLISECONDS, milliseconds),
    ):
        if not isinstance(got, int) or not low <= got <= high:
            raise ValueError(
                say(
                    "{name} is a whole number from {low} to {high}, and not {got!r}.",
                    name=name,
                    low=low,
                    high=high,
                    got=got,
                )
            )
    return {"kind": kind, "requests": requests, "milliseconds": milliseconds}


def explore(kind: str = NAMES[0], requests: int = 3, milliseconds: int = 60) -> Explorer:
    """Run tasks of one kind behind several requests at once while Bob pings, and draw what happened.

    In a live notebook there are sliders; without widgets, call it again with other settings.

    Raises:
        ValueError: a setting is out of range.
    """
    return Explorer(kind, requests, milliseconds)
