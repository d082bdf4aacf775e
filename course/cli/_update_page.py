"""A page that shows what changed in each lesson: the new edition and the learner's beside each other."""

from __future__ import annotations

import difflib
import html
from pathlib import Path
from typing import TYPE_CHECKING, Mapping, Sequence  # noqa: UP035  (parses and runs on 3.8)

from course.cli._says import sentence

if TYPE_CHECKING:
    from course.cli._editions import Change

_MADE_HERE = '<meta name="generator" content="course update">'
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">{made_here}
<meta name="viewport" content="width=device-width"><title>{title}</title>
<style>
:root{{color-scheme:light dark}}
body{{font:1em/1.5 system-ui,sans-serif;max-width:100em;margin:1.5em auto;padding:0 1em}}
section{{margin:1em 0;border:1px solid #8888;border-radius:.4em;padding:.2em 1em}}
h3{{font-size:1em;margin:.5em 0}} h3 code{{font-weight:normal;opacity:.8}}
.sides{{display:grid;grid-template-columns:1fr 1fr;gap:1em}} .sides>div{{min-width:0}}
pre{{overflow-x:auto;margin:.3em 0;font-size:.9em}}
ins,del{{display:block;text-decoration:none}}
ins{{background:#2a92}} ins::before{{content:"+ "}}
del{{background:#c332}} del::before{{content:"− "}}
span{{display:block}} span::before{{content:"  "}}
</style></head><body><h1>{title}</h1><p>{intro}</p>
{lessons}
</body></html>
"""


def write(folder: Path, lessons: Mapping[str, Sequence[Change]]) -> Path:
    """Write the page into the workspace, in place of an earlier one but of nothing else; returns where."""
    text = render(lessons)
    place = next(path for path in _places(folder) if _is_ours(path))
    beside = place.with_name(f".{place.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(place)
    return place


def _places(folder: Path) -> list[Path]:
    return [folder / "update.html", *(folder / f"update {number}.html" for number in range(2, 1000))]


def _is_ours(path: Path) -> bool:
    return not path.exists() or _MADE_HERE.encode() in path.read_bytes()


def render(lessons: Mapping[str, Sequence[Change]]) -> str:
    """The page; it needs no script and no network."""
    parts = []
    for name, changes in lessons.items():
        parts.append(f"<h2>{html.escape(name)}</h2>")
        parts += [_section(change) for change in changes]
    return _PAGE.format(
        made_here=_MADE_HERE,
        title=html.escape(sentence("update.page-title")),
        intro=html.escape(sentence("update.page-intro")),
        lessons="\n".join(parts),
    )


def _section(change: Change) -> str:
    sides = [("update.page-ours", change.ours), ("update.page-yours", change.yours)]
    before = change.before
    if change.kind == "differs":
        before = change.ours
        sides = sides[1:]
    elif change.kind != "both":
        sides = [side for side in sides if side[1] != before]
    columns = "".join(
        f"<div>{html.escape(sentence(key))}<pre>{_difference(before, text)}</pre></div>"
        for key, text in sides
    )
    kind = html.escape(sentence(f"update.{change.kind}"))
    return (
        f"<section><h3>{kind}: {html.escape(change.title)} <code>{html.escape(change.cell)}</code></h3>"
        f'<div class="sides">{columns}</div></section>'
    )


def _difference(before: str | None, after: str | None) -> str:
    """The lines of both, with what was taken away and what was put there."""
    lines = difflib.ndiff((before or "").splitlines(), (after or "").splitlines())
    tags = {"+ ": "ins", "- ": "del", "  ": "span"}
    return "".join(
        f"<{tags[line[:2]]}>{html.escape(line[2:]) or ' '}</{tags[line[:2]]}>"
        for line in lines
        if line[:2] in tags
    )
