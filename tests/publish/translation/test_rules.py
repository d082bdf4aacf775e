"""A planted fault for each rule of translations, and translations in which there is none."""

import pytest

from course.publish.translation import faults

ENGLISH = {
    "code": "`add_task` adds it, and `settle()` waits.",
    "field": "`{name}` was called {count} times with {got!r}.",
    "link": "Read [the lesson](03_services.ipynb#cell-id=deps) first.",
    "tag": "Press <kbd>Shift</kbd>+<kbd>Enter</kbd>.",
    "number": "It takes 60 + 60 = 120 milliseconds.",
    "bold": "The **event loop** is *busy*.",
}


@pytest.mark.parametrize(
    ("which", "translation", "rule"),
    [
        ("code", "`add_task` 添加任务，`settle` 等待。", "code_inline"),
        ("code", "`add_task` 添加任务，然后等待。", "code_inline"),
        ("code", "add_task 添加任务，`settle()` 等待。", "code_inline"),
        ("field", "`{name}` 被调用了，参数是 {got!r}。", "placeholder"),
        ("field", "`{name}` 被调用了 {count} 次，参数是 {got}。", "placeholder"),
        ("field", "`{name}` 被 {who} 调用了 {count} 次，参数是 {got!r}。", "placeholder"),
        ("link", "先读[这一课](03_services.ipynb)。", "link"),
        ("link", "先读这一课。", "link"),
        ("link", "先读[这一课](03_services.ipynb#cell-id=dep)。", "link"),
        ("tag", "按 <kbd>Shift</kbd>+Enter。", "html_inline"),
        ("tag", "按 <kbd>Shift</kbd>+<kbd>Enter<kbd>。", "html_inline"),
        ("number", "需要 60 + 60 = 130 毫秒。", "number"),
        ("number", "需要 120 毫秒。", "number"),
        ("bold", "**事件循环：**很*忙*。", "emphasis"),
        ("bold", "他说**“事件循环”**很忙。", "emphasis"),
        ("bold", "- **事件循环**很*忙*。", "block"),
        ("bold", "# **事件循环**很*忙*。", "block"),
        ("bold", "**事件循环**\n很*忙*。", "block"),
        ("bold", "**事件循环**很*忙*。\n\n真的。", "space"),
        ("bold", " **事件循环**很*忙*。", "space"),
        ("bold", "**事件循环** | 很*忙*。", "block"),
    ],
)
def test_a_planted_fault_is_found(which: str, translation: str, rule: str) -> None:
    assert rule in dict(faults(ENGLISH[which], translation))


@pytest.mark.parametrize(
    ("which", "translation"),
    [
        ("code", "`settle()` 会等待，`add_task` 添加任务。"),
        ("field", "参数 {got!r}：`{name}` 被调用了 {count} 次。"),
        ("link", "请先读[这一课](03_services.ipynb#cell-id=deps)。"),
        ("tag", "按 <kbd>Shift</kbd>+<kbd>Enter</kbd>。"),
        ("number", "需要 60 + 60 = 120 毫秒。"),
        ("bold", "**事件循环**很*忙*。"),
        ("bold", "**事件循环**很**忙**。"),
        ("bold", "事件循环很忙。"),
    ],
)
def test_a_right_translation_has_no_fault(which: str, translation: str) -> None:
    assert list(faults(ENGLISH[which], translation)) == []


@pytest.mark.parametrize(
    "translation",
    [
        "用`await`等待。",
        "在{count}个任务之后。",
        "等50ms。",
        "你好,世界。",
        "时间: 10 分钟。",
        "行不行?",
        "你好， 世界。",
        "“完成” 之后。",
        "好 (见第 07 课)。",
        '他说"好"。',
        "先 `a`, 再做。",
        "再用 `b`.",
        "写 `a`: 好。",
        "时间; 练习。",
        "等一下...",
    ],
)
def test_unusual_spaces_and_punctuation_in_chinese_are_found(translation: str) -> None:
    assert "typography" in dict(faults(translation, translation, "zh_CN"))
    assert list(faults(translation, translation, "nl")) == []


@pytest.mark.parametrize(
    "translation",
    [
        "返回 202，第 07 课，等 `settle()`，在 {count} 个任务之后。",
        "按 <kbd>Shift</kbd>+<kbd>Enter</kbd>。",
        "**先修**：第 01 课。*时间*：10 分钟。",
        "他说 **“完成”** 了，“it's fine, really.”也行。",
        "下一课：[03 · 服务](03_services.ipynb)：谁来给它？",
        "`202 Accepted` 才是老实的状态码：**收下了，还没做**。",
        "{a}, {b}: {c}...",
        "写成：\n\n```\na, b = 1, 2  # 一, 二\n```",
        "等一下……好。占 40% 到 60%，耗时 50 ms。",
    ],
)
def test_what_is_usual_in_chinese_is_not(translation: str) -> None:
    assert list(faults(translation, translation, "zh_CN")) == []


def test_a_number_that_english_writes_as_a_word_may_be_a_figure() -> None:
    assert list(faults("Forty threads serve every `def`.", "40 个线程服务所有的 `def`。")) == []
    assert list(faults("Threads serve every `def`.", "40 个线程服务所有的 `def`。"))
