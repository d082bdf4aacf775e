"""Every sentence of this package, whole and with named fields: a second language can stand beside."""

WORDS = {
    "twice": "The fact {id} is there twice: in {modules}. Give one of them another id.",
    # evidence that the engine gives
    "late": "it had no answer after {seconds:g} s, and was ended",
    "crashed": "its process ended with status {status} before it had an answer; its last words: {said}",
    "raised": "{kind}: {text} ({file}, line {line})",
    "no_answer": "the experiment returned {got}, not Seen",
    "missing": "not installed: {names}",
    "nothing": "nothing",
    "not_so": "not so: {what}",
    # the table
    "fact": "fact",
    "claim": "claim",
    "verdict": "here",
    "expected": "expected",
    "evidence": "what was seen",
    "seconds": "s",
    "unknown": "not known",
    "measuring": "{done} of {all} facts measured",
    "versions": "{name} {version}",
    # the end
    "measured": "Measured: {count}; not as expected: {surprises}. {versions}.",
    "unmeasured": "{id} was not measured: {why}.",
    "surprise": "{id} {verdict} here; expected: {expected}. Its claim: {claim}",
    "revise": "  Revise lesson {lesson} ({notebook}), cells: {cells}",
    "no_cell": "  No cell rests on it.",
    "no_such": "There is no fact {id}. Did you mean {near}?",
    "no_such_at_all": "There is no fact {id}. Without an id, all are measured.",
}
