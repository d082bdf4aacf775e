"""What is wrong with a translation: it does not hold what the English text holds, or breaks the page."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from babel.messages.catalog import Catalog

from course.paths import ROOT
from course.publish._audit import Finding
from course.publish.translation import _catalogues
from course.publish.translation import _chinese as chinese
from course.publish.translation._units import parser
from course.words import languages

_FIELD = re.compile(r"(?<!\{)\{[A-Za-z_]\w*(?:![rsa])?(?::[^{}]*)?\}(?!\})")
_NUMBER_WORD = re.compile(
    r"(?i)\b(zero|once|one|first|twice|two|second|three|third|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|half|quarter|tenth)s?\b"
)
_OPTION = re.compile(r":(questions\..+\.options)\.\w\.text$")
_IN_MARKDOWN = {
    "code_inline": "inline code",
    "link_open": "links",
    "html_inline": "HTML tags",
}


def audit(language: str | None = None, found: dict[str, Catalog] | None = None) -> list[Finding]:
    """Everything that is wrong with the catalogues of a language, or of all. A text that is not translated
    is nothing wrong, nor is one that is marked as fuzzy: it is shown in English. ``found`` is what there is
    to translate, if it is known already.
    """
    chosen = languages() if language is None else [language]
    if found is None:
        found = _catalogues.templates() if chosen else {}
    return [
        finding
        for each in chosen
        for name, template in found.items()
        for finding in _audit_catalogue(each, name, template)
    ]


def _audit_catalogue(language: str, name: str, template: Catalog) -> Iterator[Finding]:
    path = _catalogues.path_of(language, name)
    file = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
    try:
        catalogue = _catalogues.read(path, language)
    except _catalogues.BrokenCatalogue as error:
        yield Finding(file, "", "format", f"This is not a catalogue: {error}.", "Correct the line.")
        return
    there = {message.id for message in _catalogues.messages(catalogue)}
    wanted = {message.id for message in _catalogues.messages(template)}
    if there != wanted:
        problem = f"{len(wanted - there)} texts are not in it, and {len(there - wanted)} are no longer used."
        remedy = f"Run `python3 -m course translate {language}`."
        yield Finding(file, "", "out-of-date", problem, remedy)
    for message in _catalogues.messages(catalogue):
        if message.string and not message.fuzzy:
            for rule, problem in faults(str(message.id), str(message.string), language):
                yield Finding(file, f"line {message.lineno}", rule, problem, "Correct the translation.")
    yield from _same_options(file, catalogue, template)


def _same_options(file: str, catalogue: Catalog, template: Catalog) -> Iterator[Finding]:
    """Questions in which two options have become one."""
    options: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for message in _catalogues.messages(template):
        translation = catalogue.get(message.id)
        for place, _ in message.locations:
            if found := _OPTION.search(place):
                shown = translation.string if translation and not translation.fuzzy else ""
                options[found[1]][str(message.id)] = str(shown or message.id)
    for question, texts in options.items():
        if len(set(texts.values())) < len(texts):
            problem = f"{question} are {len(texts)} in English, and {len(set(texts.values()))} here."
            yield Finding(file, "", "options", problem, "Translate them in different ways.")


def faults(english: str, translation: str, language: str = "") -> Iterator[tuple[str, str]]:
    """Each rule that a translation breaks, and how."""
    if language.partition("_")[0] == "zh":
        yield from ((("typography", problem)) for problem in chinese.faults(translation))
    yield from _compared("placeholder", "placeholders", _fields(english), _fields(translation))
    ours, theirs = _inline(english), _inline(translation)
    for kind, what in _IN_MARKDOWN.items():
        yield from _compared(kind.removesuffix("_open"), what, ours[kind], theirs[kind])
    stars = [sum(each["text"][text] * text.count("*") for text in each["text"]) for each in (ours, theirs)]
    if stars[0] != stars[1]:
        yield "emphasis", "Markdown shows a star of it as a star. Put punctuation outside of the stars."
    yield from _numbers(english, ours["text"], theirs["text"])
    if translation != translation.strip() or translation.count("\n\n") != english.count("\n\n"):
        yield "space", "It begins or ends with a space, or has other paragraphs than the English text."
    elif _blocks(english) != _blocks(translation):
        yield "block", "Markdown reads it as another kind of block: a list, a heading, a table."
    elif english.count("|") != translation.count("|") or (_is_line(english) and not _is_line(translation)):
        yield "block", "It breaks the line or the table that it stands in."


def _is_line(text: str) -> bool:
    return "\n" not in text


def _compared(
    rule: str, what: str, english: Counter[str], translation: Counter[str]
) -> Iterator[tuple[str, str]]:
    missing, more = english - translation, translation - english
    if missing or more:
        texts = [f"{sign} {text}" for sign, each in (("without", missing), ("with", more)) for text in each]
        yield rule, f"Its {what} are not those of the English text: {', '.join(texts)}."


def _fields(text: str) -> Counter[str]:
    return Counter(set(_FIELD.findall(text)))


def _inline(text: str) -> defaultdict[str, Counter[str]]:
    """What Markdown finds in a text, by kind: code, links, tags, and the text itself."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for token in parser().parseInline(text)[0].children or []:
        if token.type in (*_IN_MARKDOWN, "text"):
            found[token.type][str(token.attrs.get("href", token.content))] += 1
    return found


def _numbers(english: str, ours: Counter[str], theirs: Counter[str]) -> Iterator[tuple[str, str]]:
    """A number that English writes as a word may be a figure in another language."""
    one, other = (Counter(re.findall(r"\d+", " ".join(each.elements()))) for each in (ours, theirs))
    if one - other or (other - one and not _NUMBER_WORD.search(english)):
        yield from _compared("number", "numbers", one, other)


def _blocks(text: str) -> list[str]:
    return [token.type for token in parser().parse(text)]
