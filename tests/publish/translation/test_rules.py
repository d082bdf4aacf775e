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
        ("bold", "事件循环*很忙*。", "strong"),
        ("bold", "**事件循环：**很*忙*。", "strong"),
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
    ],
)
def test_a_right_translation_has_no_fault(which: str, translation: str) -> None:
    assert list(faults(ENGLISH[which], translation)) == []


def test_a_number_that_english_writes_as_a_word_may_be_a_figure() -> None:
    assert list(faults("Forty threads serve every `def`.", "40 个线程服务所有的 `def`。")) == []
    assert list(faults("Threads serve every `def`.", "40 个线程服务所有的 `def`。"))
