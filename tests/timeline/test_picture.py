"""The picture: whole, readable, and with nothing in it that a page could trip over."""

import asyncio
import itertools
import re
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from fastapi import BackgroundTasks, FastAPI

from course import words
from course.live import Gate, Timeline, mark, readme_picture, serve
from course.timeline.plan import EDGE, Bar, Label, Plan, Row, shorten, text_width
from course.timeline.scale import Scale, duration
from course.timeline.svg import _DARK, _LIGHT, idle_times

SVG = "{http://www.w3.org/2000/svg}"


def crowded() -> Timeline:
    """Many names in little time: everything that may collide."""
    app, gate = FastAPI(), Gate()

    async def quick() -> None:
        mark("a")

    def send_the_order_confirmation_to_the_customer() -> None:
        mark("one")
        mark("two & <three>")

    def fails() -> None:
        raise ValueError("no")

    async def held() -> None:
        await gate.wait_async()

    @app.get("/orders/{number}")
    def order(number: int, tasks: BackgroundTasks) -> None:
        for task in (quick, send_the_order_confirmation_to_the_customer, quick, lambda: quick(), fails):
            tasks.add_task(task)

    @app.get("/held")
    async def hold(tasks: BackgroundTasks) -> None:
        tasks.add_task(held)

    with serve(app, pulse=0.002) as server:
        for number in range(3):
            server.submit("GET", f"/orders/{number}").result()
        server.mark("<b>bold</b>")
        server.client.get("/orders/4")
        server.settle()
        server.client.get("/held")
        timeline = server.timeline
        gate.open()
        server.settle()
    return timeline


def crowd() -> Timeline:
    app = FastAPI()

    @app.get("/")
    def index(tasks: BackgroundTasks) -> None:
        tasks.add_task(int)

    with serve(app) as server:
        for pending in [server.submit("GET", "/") for _ in range(12)]:
            pending.result()
        server.settle()
        return server.timeline


@pytest.fixture(scope="module")
def timeline() -> Timeline:
    return crowded()


def test_is_well_formed_and_described(timeline: Timeline) -> None:
    root = ET.fromstring(timeline.svg())
    assert root.tag == f"{SVG}svg"
    assert (root.get("class"), root.get("role")) == ("timed", "img")
    assert [child.tag for child in root[:2]] == [f"{SVG}title", f"{SVG}desc"]
    described = root[1].text or ""
    assert [line.strip() for line in str(timeline).splitlines()] == described.split("; ")


def test_holds_nothing_that_runs_or_clashes_or_is_fetched(timeline: Timeline) -> None:
    text = timeline.svg()
    assert timeline.svg().startswith('<svg class="timed"')
    assert not re.search(r"<script|<foreignObject|\bid=|href|url\(|@import|\bon[a-z]+=", text)
    assert "<b>" not in text
    rules = re.findall(r"([^{}]+)\{", text.split("<style>")[1].split("</style>")[0])
    assert all("svg.timed" in rule or rule.startswith("@media") for rule in rules)


def test_is_made_again_the_same(timeline: Timeline) -> None:
    assert timeline.svg().split("ms</text>")[0] == timeline.svg().split("ms</text>")[0]


def test_labels_never_cover_each_other(timeline: Timeline) -> None:
    plan = Plan(timeline._model)
    bottom = plan.place(40)
    tops = [lane.top for lane in plan.lanes]
    assert tops == sorted(tops)
    assert plan.lanes[-1].top + plan.lanes[-1].height == bottom
    rows = [row for lane in plan.lanes for row in lane.rows]
    assert sum(len(row.above) + len(row.below) + len(row.beside) for row in rows) > 8
    for row in rows:
        for labels in (row.above, row.below):
            apart(labels)
        beside_is_free(row)


def apart(labels: list[Label]) -> None:
    for label in labels:
        assert label.end <= EDGE + 0.01
        others = [other for other in labels if other is not label and other.level == label.level]
        assert all(label.end < other.x or other.end < label.x for other in others)


def beside_is_free(row: Row) -> None:
    for label in row.beside:
        assert label.end <= EDGE
        assert all(label.end < bar.start or bar.end <= label.x for bar in row.bars)


def test_a_crowd_is_drawn_small() -> None:
    timeline = crowd()
    plan = Plan(timeline._model)
    assert plan.lanes[0].title == "12 clients"
    assert all(row.small for row in plan.lanes[0].rows)
    plan.place(0)
    assert plan.lanes[0].height < 120
    assert "12 clients" in timeline.svg()


def test_says_when_each_client_was_released(timeline: Timeline) -> None:
    text = timeline.svg()
    assert len(re.findall(r"released after [\d.]+ m?s<", text)) == 5
    assert "client 2 released after" in text
    assert text.count('class="diamond"') == 5 + 1  # and one in the legend


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(2 * d for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [_LIGHT, _DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        *(("text", "bg", 7), ("text", "band", 7), ("text", "wait", 7), ("text", "work", 4.5)),
        *(("dim", "bg", 4.5), ("dim", "band", 4.5), ("on-handler", "handler", 4.5)),
        *(("on-task", "task", 4.5), ("on-bad", "bad", 4.5), ("on-go", "go", 4.5)),
        *(("go", "bg", 3), ("go", "band", 3), ("wait-edge", "bg", 3), ("bad-edge", "bg", 3)),
        *(("handler", "bg", 3), ("work-edge", "bg", 3), ("task-edge", "bg", 3)),
    ],
)
def test_contrast(theme: str, front: str, back: str, least: float) -> None:
    colours = dict(entry.removeprefix("--").split(":") for entry in theme.split(";"))
    light, dark = sorted((luminance(colours[front]), luminance(colours[back])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= least


def test_long_pauses_are_cut_out_of_the_axis() -> None:
    scale = Scale([(10.0, 10.1), (40.0, 40.1)], left=100, right=300)
    assert [round(seconds, 3) for _, _, seconds in scale.breaks()] == [29.9]
    assert scale.x(10.0) == 100
    assert scale.x(40.1) == pytest.approx(300)
    assert scale.x(10.1) < scale.x(25) < scale.x(40.0)
    assert scale.ticks()[0] == (100, "0.0 s")
    assert [x for x, _ in scale.ticks()] == sorted(x for x, _ in scale.ticks())


@pytest.mark.parametrize("busy", [0.002, 1.0], ids=["all near each other", "far from each other"])
def test_the_times_of_pauses_never_cover_each_other(busy: float) -> None:
    scale = Scale([(100.0 * n, 100.0 * n + (busy if n % 2 else 1.0)) for n in range(7)], 126, 938)
    parts, rows = idle_times(scale, 50)
    labels = [ET.fromstring(part) for part in parts]
    assert len(labels) == 6
    spans = [
        (float(one.attrib["x"]), float(one.attrib["y"]), text_width(one.text or "") / 2) for one in labels
    ]
    for (x, y, half), (other, its_y, its_half) in itertools.combinations(spans, 2):
        assert y != its_y or abs(x - other) > half + its_half
    assert max(y for _, y, _ in spans) - min(y for _, y, _ in spans) == rows
    assert min(x - half for x, _, half in spans) > 0
    assert max(x + half for x, _, half in spans) < 960


def test_short_pauses_stay() -> None:
    assert Scale([(0, 1), (1.2, 2)], left=0, right=100).breaks() == []
    assert Scale([], left=0, right=100).ticks()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.00004, "0.0 ms"),
        (0.00342, "3.4 ms"),
        (0.0521, "52 ms"),
        (0.9994, "999 ms"),
        (1.254, "1.25 s"),
        (130, "130 s"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_the_picture_of_the_readme_is_made_by_the_real_thing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "docs" / "timeline.svg"
    monkeypatch.setattr("sys.argv", ["readme_picture", str(path)])
    for name in ("_PROVIDER", "_DATABASE", "_STATISTICS"):
        monkeypatch.setattr(readme_picture, name, 0.001)
    readme_picture.main()
    described = ET.parse(path).getroot()[1].text or ""
    committed = ET.parse(readme_picture.DEFAULT).getroot()[1].text
    assert described == committed
    assert "send_welcome_email (worker thread): done; - mail accepted" in described


def test_time_is_real() -> None:
    app = FastAPI()

    @app.get("/")
    async def index() -> None:
        await asyncio.sleep(0.05)

    with serve(app) as server:
        start = time.perf_counter()
        server.client.get("/")
        took = time.perf_counter() - start
        assert 0.05 <= server.timeline.duration("request") <= took


def test_what_lies_outside_of_the_axis_is_drawn_at_its_end() -> None:
    scale = Scale([(10.0, 10.1), (40.0, 40.1)], left=100, right=300)
    assert scale.x(3) == 100
    assert scale.x(50) == pytest.approx(300)


def test_a_blocked_loop_is_pointed_at() -> None:
    app = FastAPI()

    async def block() -> None:
        time.sleep(0.1)

    @app.get("/")
    async def index(tasks: BackgroundTasks) -> None:
        tasks.add_task(block)

    with serve(app, pulse=0.005) as server:
        server.client.get("/")
        server.settle()
        server.client.get("/")
        server.settle()
        assert re.search(r"no tick for \d+ ms<", server.timeline.svg())


def test_names_of_any_length_and_kind() -> None:
    app = FastAPI()

    @app.get("/{rest:path}")
    async def index(tasks: BackgroundTasks) -> None:
        mark("two\nlines \x1b[31m and " + "very " * 40 + "long")

    with serve(app, pulse=0.01) as server:
        server.new_client("somebody with a long name").get("/" + "deep/" * 40 + "%00%1b<é>")
        server.settle()
        plan = Plan(server.timeline._model)
        plan.place(0)
        for row in (row for lane in plan.lanes for row in lane.rows):
            apart(row.above)
            apart(row.below)
            assert all(label.x >= 0 for label in (*row.above, *row.below, *row.beside))
        text = server.timeline.svg()
        ET.fromstring(text)
        assert "somebody with a…" in text
        assert "- two lines [31m and very" in str(server.timeline)
        server.clear()
        assert str(server.timeline) == "Nothing has happened yet."
        assert "Nothing has happened yet." in server.timeline.svg()


@pytest.mark.parametrize(("in_crowd", "levels"), [(True, 3), (False, 5)])
def test_a_row_of_a_crowd_builds_no_tower_of_labels_either(in_crowd: bool, levels: int) -> None:
    starts = range(10, 60, 10)
    row = Row(bars=[Bar("wait", x, x + 5, f"a label of {x}", "") for x in starts], lines=[(0, EDGE)])
    row.place_labels(in_crowd)
    assert len({label.level for label in row.above}) == levels


@pytest.mark.parametrize("path", ["/ping", "/ping/{n}"])
def test_a_crowd_of_requests_builds_no_tower_of_labels(path: str) -> None:
    app = FastAPI()

    @app.get("/ping/{n}")
    @app.get("/ping")
    async def ping(n: int = 0) -> None: ...

    with serve(app) as server:
        for n in range(30):
            server.client.get(path.format(n=n))
        server.settle()
    plan = Plan(server.timeline._model)
    plan.place(0)
    rows = [row for lane in plan.lanes for row in lane.rows]
    assert all(label.level < 3 for row in rows for label in row.above)
    assert any(row.above or row.beside or row.inside for row in rows)


def test_a_crowd_on_one_row_shows_the_first_of_equal_labels_only() -> None:
    row = Row(bars=[Bar("wait", x, x + 5, "GET /ping", "") for x in range(0, 300, 10)], lines=[(0, EDGE)])
    row.place_labels(in_crowd=True)
    assert [label.text for label in [*row.above, *row.beside]] == ["GET /ping"]


def test_a_failure_is_not_announced_in_green() -> None:
    app = FastAPI()

    @app.get("/")
    def index() -> None:
        raise ValueError

    with serve(app) as server:
        server.client.get("/")
        server.settle()
    svg = server.timeline.svg()
    assert 'class="pill bad"' in svg
    assert 'class="diamond bad"' in svg
    assert 'class="pill"' not in svg


def test_a_full_width_character_needs_the_room_of_two_letters() -> None:
    assert text_width("发送确认邮件") == text_width("abcdefghijkl")
    assert shorten("工作线程", 8) == "工作线程"
    assert shorten("工作线程池", 8) == "工作线…"


@pytest.mark.usefixtures("pseudo")
def test_longer_words_do_not_leave_the_picture_nor_cover_each_other(timeline: Timeline) -> None:
    """The legend, the lanes' names and the labels, in a language that is a third longer."""
    root = ET.fromstring(timeline.svg())
    keys = [each for each in root.iter(f"{SVG}text") if each.get("class") == "key"]
    assert len(keys) > 5
    assert all("⟦" in (key.text or "") for key in keys)
    ends = [
        (float(key.get("y", 0)), float(key.get("x", 0)), words.width(key.text or "") * 6.4) for key in keys
    ]
    for (y, x, wide), following in itertools.zip_longest(ends, ends[1:]):
        assert x + wide <= EDGE + 18
        assert following is None or following[0] != y or following[1] >= x + wide
    lanes = [each.text or "" for each in root.iter(f"{SVG}text") if each.get("class") == "lane"]
    assert max(map(words.width, lanes)) <= 16
    test_labels_never_cover_each_other(timeline)


@pytest.mark.usefixtures("pseudo")
def test_a_client_has_one_name_in_a_picture(timeline: Timeline) -> None:
    """Its lane, the label of its wait and the tip of its bar say it in the same language."""
    root = ET.fromstring(timeline.svg())
    said = [each.text or "" for each in root.iter() if each.tag in {f"{SVG}text", f"{SVG}title"}]
    numbered = [text for text in said if re.search(r"client \d", text)]
    assert numbered == []
