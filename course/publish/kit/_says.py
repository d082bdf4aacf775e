"""Every sentence of the kit, whole and with named fields: a second language can stand beside."""

from __future__ import annotations

SENTENCES = {
    # the agenda
    "agenda.title": "Agenda: {first} to {last}, {slots} of work in {count} slots",
    "agenda.title-one": "Agenda: {first} to {last}, {slots} of work in one slot",
    "agenda.teach": "teach",
    "agenda.practise": "practise",
    "agenda.break": "break",
    "agenda.spare": "spare",
    "agenda.goes-on": "{title} (goes on)",
    "agenda.break-what": "Break",
    "agenda.spare-what": "Questions, and catching up",
    "agenda.fits": "Everything fits: {needed} of {available} minutes are planned.",
    "agenda.does-not-fit": (
        "This does not fit: the lessons need {needed} minutes, the slots hold {available}. "
        "{short} minutes are missing."
    ),
    "agenda.loses-to-breaks": (
        "This does not fit: the lessons need {needed} of {available} minutes, but nobody explains across a "
        "break, so {lost} minutes at the ends of slots stay free."
    ),
    "agenda.left-out": "Left out: {title} ({minutes} minutes).",
    "agenda.shortened": (
        "Shortened: {title} has {given} of {wanted} minutes of practice; the rest is homework."
    ),
    "agenda.late": "When you are late, leave out in this order:",
    "agenda.late-extras": "{title}: the part “{heading}”. It stands alone, for the quick ones or for home.",
    "agenda.late-quiz": "The quiz at the end of each lesson: everybody can answer it at home.",
    "agenda.late-practice": (
        "Practice of the last lessons ({titles}): one exercise in class, the others at home. "
        "The hints and the checks work without you."
    ),
    "agenda.late-never": (
        "Keep the predictions: let the room commit before each run. They cost a minute each, and they are "
        "what people remember."
    ),
    "agenda.event": "{what}: {title}",
    "agenda.calendar": "After the Response",
    # the slides
    "slides.objectives": "You will be able to",
    "slides.predict": "Predict",
    "slides.truth": "What happens",
    # headings of the agenda's table
    "agenda.column-when": "When",
    "agenda.column-long": "For",
    "agenda.column-how": "How",
    "agenda.column-what": "What",
}


def say(key: str, **fields: object) -> str:
    """The sentence of that key with its fields filled in."""
    return SENTENCES[key].format(**fields)
