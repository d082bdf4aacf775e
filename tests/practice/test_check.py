from course.practice import bank, check, lesson


def programs() -> dict[str, bank.Program]:
    return {program.name: program for program in bank.programs(lesson("rehearsal"), "demo.welcome")}


def test_each_program_of_the_bank_gets_its_own_answer() -> None:
    found = {name: program.check() for name, program in programs().items()}
    assert {name: result.miss or result.state for name, result in found.items()} == {
        "starter": "not attempted",
        "right_reference": "passed",
        "right_async": "passed",
        "wrong_called": "called-not-passed",
        "wrong_forgotten": "never-called",
        "wrong_argument": "wrong-address",
        "wrong_return": "engine.returned-nothing",
    }


def test_a_name_that_is_not_there_is_not_an_attempt() -> None:
    result = check("demo.welcome")
    assert result.state == "not attempted"
    assert "`build_register`" in result.message
