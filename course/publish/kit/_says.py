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
    # the editions
    "editions.note": "**Note.** {note}",
    "editions.exercise": "**For the instructor: {title}.** Above is our answer. What may come instead:",
    "editions.question": "**For the instructor.** {ask}",
    "editions.right": "**{letter} is right:** {text} *{why}*",
    "editions.column-seen": "what you see",
    "editions.column-belief": "what is believed",
    "editions.column-cure": "what cures it",
    "editions.about-student": "The student's edition: exercises to solve, no answers.",
    "editions.about-instructor": (
        "The instructor's edition: our answers, your notes, and what learners believe. Not for handing round."
    ),
    "ideas.option": "{letter}) {text} *{why}*",
    "ideas.cure": "“{heading}” in {lesson}",
    # the answer key
    "key.title": "Answer key",
    "key.about": (
        "<p>For the instructor. Each exercise with our answer (another that behaves right passes as well), "
        "its hints, and what its check can say; each question with the right option and why. "
        "‹Names like this› are filled in from the learner's program.</p>"
    ),
    "key.hints": "Hints",
    "key.misses": "What the check can say",
    "key.quiz": "Question",
    "key.prediction": "Prediction",
    "key.always": "What every check can say",
    "key.always-why": "Whatever the exercise, a program may end, hang or misbehave in these ways.",
    # the handout
    "handout.title": "Handout",
    "handout.goals": "You will be able to",
    "handout.points": "To remember",
    "handout.space": "Lines for your notes",
    # the index
    "index.title": "After the Response: the instructor's kit",
    "index.about": (
        "Everything here works from this folder, with the network unplugged. Print with the browser: "
        "pages are laid out for A4."
    ),
    "index.agenda": 'The agenda: <a href="agenda.html">to print</a>, <a href="agenda.ics">as a calendar</a>.',
    "index.no-agenda": (
        "There is no agenda in this folder yet: "
        "<code>python3 -m course kit plan --slots 90,90 --break 15</code> makes one; "
        "build again to have it linked here."
    ),
    "index.lesson": "Lesson",
    "index.slides": "Slides",
    "index.handout": "Handout",
    "index.student": "Student's edition",
    "index.instructor": "Instructor's edition",
    "index.key": "Answers",
    "index.read": "page",
    "index.notebook": "notebook",
    "index.honest": (
        "<strong>This is practice, not an exam.</strong> No answer is in the student's edition, and a gate "
        "looks for every one of them when the kit is built. But the course that learners install holds the "
        "answers too: <code>solution()</code> shows them on request, and whoever looks for them in its files "
        "finds them. Do not give marks for these exercises."
    ),
    "index.keys": (
        "In the slides: arrow keys or space to go on, Esc for an overview, F for full screen, S for the "
        "speaker's view with your notes. To print them, add ?print-pdf to the address."
    ),
    # the timings
    "timings.title": "Planned and measured minutes",
    "timings.column-lesson": "lesson",
    "timings.column-planned": "planned",
    "timings.column-measured": "measured",
    "timings.column-range": "least–most",
    "timings.column-learners": "learners",
    "timings.median": "median",
    "timings.measured": "measured: each learner, and their median",
    "timings.how": (
        "Measured is the time between one entry of a journal (a prediction, a check, an answer) and the "
        "next; pauses of more than {idle} minutes are left out, and so is what comes before the first entry."
    ),
    "timings.ideas": "The commonest wrong ideas:",
    "timings.no-ideas": "No wrong idea was seen.",
    "timings.idea": "{learners} of {all}  {belief} Cure: {cure}.",
    "timings.idea-without-cure": "{learners} of {all}  {belief}",
    "timings.nothing": "There is nothing to measure in these files.",
    "timings.learner": "learner {number}",
    "timings.minutes": "{minutes:.0f} min",
    "timings.row": "{title}: planned {planned} minutes, measured {median:.0f} ({learners} learners)",
    "timings.cannot-read": "{file} cannot be read: {reason}. Left out.",
    "timings.empty": "{file} is empty: nothing was done in that workspace yet. Left out.",
    "timings.foreign": (
        "{file} is no journal of this course (it holds no entry of it). Left out. Learners find theirs in "
        "their workspace: .course/journal.jsonl"
    ),
    "timings.torn": "{file}: {lines} of its lines cannot be read and are left out; the others count.",
    "timings.unknown": (
        "{file}: {entries} entries are about exercises or questions that this course does not have, "
        "perhaps of another version. Left out."
    ),
    "timings.no-journals": "There is no *.jsonl in {file}. Left out.",
    "timings.twice": "{file} holds the same as {other}. Counted once.",
    # building
    "build.leak": (
        "The reference answer of {exercise} is in {file}. Do not hand this out; take it out of the notebook "
        "and build again."
    ),
    # headings of the agenda's table
    "agenda.column-when": "When",
    "agenda.column-long": "For",
    "agenda.column-how": "How",
    "agenda.column-what": "What",
}


def say(key: str, **fields: object) -> str:
    """The sentence of that key with its fields filled in."""
    return SENTENCES[key].format(**fields)
