"""What a learner calls: join a class, raise a hand, leave it."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import secrets
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec

import httpx
from filelock import FileLock, Timeout
from pydantic import ValidationError

from course.classroom import desk
from course.classroom.names import CODE, clean
from course.classroom.outbox import Membership, NotReached, Outbox, Refused, Unknown, ask
from course.classroom.wire import PORT, Enter, Joined
from course.paths import CLASS_VARIABLE, workspace
from course.seat import doctor
from course.words import say

P = ParamSpec("P")
_ADDRESS = re.compile(r"(?P<code>[^@\s]+)@(?P<scheme>https?://)?(?P<place>[^@\s/?#]+)(?P<path>/[^\s?#]*)?")


class CannotJoin(ValueError):
    """The class cannot be joined with these words. The message says why, and what to do.

    ``later`` tells whether the same words may do another time.
    """

    def __init__(self, why: str, *, later: bool = False) -> None:
        super().__init__(why)
        self.later = later


@dataclass(frozen=True)
class Standing:
    """What the learner is told. Shown in a notebook it keeps up to date, where the front end has widgets."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _ipython_display_(self) -> None:
        desk.show(self.text, Outbox(workspace()))


def _told(call: Callable[P, Standing]) -> Callable[P, Standing]:
    """A workspace that cannot be written is told of: no error of a class reaches a learner."""

    @functools.wraps(call)
    def calling(*args: P.args, **keywords: P.kwargs) -> Standing:
        try:
            return call(*args, **keywords)
        except OSError as error:
            return Standing(
                say(
                    "Your workspace cannot be written now ({error}), so nothing has changed with the class. "
                    "Everything else works. `doctor()` says what to do.",
                    error=error.strerror or type(error).__name__,
                )
            )

    return calling


@_told
def join(words: str = "", name: str = "") -> Standing:
    """Join a class with the words that the instructor shows: ``join("blue-otter-4207@192.168.1.20")``.

    You are called something like “Otter 7” there, unless you give a name. At a seat of a server ``join()``
    joins the server's class.
    """
    box = Outbox(workspace())
    try:
        board, code, name = (*read_words(words), name) if words else _class_of_server(name)
        print(_what_is_sent(clean(name)), flush=True)
        joined = _join(box, board, code, name)
    except CannotJoin as error:
        return Standing(str(error))
    box.left.unlink(missing_ok=True)
    keep_sending()
    return Standing(
        say(
            "You are in the class “{class_name}”, where you are called {name}. `raise_hand()` asks for help, "
            "`leave()` deletes what was sent.",
            class_name=joined.class_name,
            name=joined.name,
        )
    )


def join_unasked() -> bool:
    """Join the server's class without a word, unless the learner has left it, or is in another one.

    A seat that is in it already asks again: the class may be a new one at the same address.

    Returns:
        Whether to try again later: the board does not answer now.
    """
    box = Outbox(workspace())
    before = box.membership()
    try:
        board, code, name = _class_of_server()
        if not box.left.exists() and (before is None or before.board == board):
            _join(box, board, code, name)
    except CannotJoin as error:
        return error.later
    except OSError:
        return True
    return False


_tokens: dict[tuple[Path, str], str] = {}
"""The secrets that boards were asked with: who asks again because the answer was lost gets no second seat."""


def _join(box: Outbox, board: str, code: str, name: str) -> Joined:
    """Ask the board for a seat, with a join code or the ticket of a hub, and become its member.

    Raises:
        CannotJoin: there is no answer, or the board does not let the seat in.
    """
    before = box.membership()
    again = before if before and before.board == board and not before.leaving else None
    token = again.token if again else _tokens.setdefault((box.file, board), secrets.token_hex(32))
    asked = Enter(token=token, doctor=doctor(without=("kernel", "server")).code).model_dump(exclude_none=True)
    try:
        what = "join" if CODE.fullmatch(code) else "show"
        own = {"code": code, "name": name} if what == "join" else {"ticket": code, "user": name}
        joined = Joined.model_validate(ask(box.to(board), what, {**asked, **own}))
    except (NotReached, Refused, ValidationError) as error:
        later = isinstance(error, NotReached) and not isinstance(error, Unknown)
        raise CannotJoin(_why_not(error, board), later=later) from None
    finally:
        box.close()
    box.store(
        Membership(
            board=board,
            token=token,
            name=joined.name,
            class_name=joined.class_name,
            cursor=(box.membership() or again).cursor if again else box.size(),
        )
    )
    return joined


@_told
def leave() -> Standing:
    """Leave the class: what was sent from here is deleted on the board, now or as soon as it answers."""
    box = Outbox(workspace())
    with box.changing() as found:
        if found is None:
            return Standing(say("You are in no class."))
        found.leaving = True
        box.left.touch()
    try:
        box.step()
    except (NotReached, Refused):
        keep_sending()
        return Standing(
            say("Nothing is sent any more. What was sent is deleted as soon as the class board answers.")
        )
    finally:
        box.close()
    return Standing(say("You have left the class. What was sent from here is deleted there."))


@_told
def raise_hand(up: bool = True) -> Standing:
    """Ask the instructor to come; ``raise_hand(False)`` takes the hand down."""
    box = Outbox(workspace())
    with box.changing() as found:
        if found is None or found.leaving:
            return Standing(say("You are in no class. `join(…)` with the words that your instructor shows."))
        found.hand = (found.hand or uuid.uuid4().hex) if up else None
    keep_sending()
    try:
        box.step()
    except (NotReached, Refused):
        return Standing(say("The class board does not answer now. It gets your message as soon as it does."))
    finally:
        box.close()
    return Standing(say("Your hand is up.") if up else say("Your hand is down."))


_BY_TICKET = "hub@"


def _class_of_server(name: str = "") -> tuple[str, str, str]:
    """The board that the server names to its seats, the join code or this seat's ticket, and the name.

    Who has a ticket is called by it; else a name may be chosen.

    Raises:
        CannotJoin: this is no seat of a server with a class.
    """
    said, user = os.environ.get(CLASS_VARIABLE, ""), os.environ.get("JUPYTERHUB_USER", "")
    if said.startswith(_BY_TICKET):
        board, _, ticket = said.removeprefix(_BY_TICKET).partition("#")
        return f"{board.rstrip('/')}/", ticket, user
    return *read_words(said), name or user


def read_words(words: str) -> tuple[str, str]:
    """The board's address and the join code in ``code@host:port`` or ``code@https://host/path``.

    Raises:
        CannotJoin: they have another form.
    """
    found = _ADDRESS.fullmatch(words.strip())
    code = found["code"].lower() if found else ""
    if not found or not CODE.fullmatch(code):
        raise CannotJoin(
            say(
                'These are not the words of a class: {words!r}. They look like "{example}"; copy them from '
                "where your instructor shows them.",
                words=words[:80],
                example=f"blue-otter-4207@192.168.1.20:{PORT}",
            )
        )
    place = found["place"]
    if found["scheme"] is None and not re.search(r":\d+$", place):
        place += f":{PORT}"
    try:
        board = httpx.URL(f"{found['scheme'] or 'http://'}{place}{(found['path'] or '').rstrip('/')}/")
    except httpx.InvalidURL:
        board = httpx.URL("")
    if not board.host:
        raise CannotJoin(say("There is no address of a class board in {words!r}.", words=words[:80]))
    return str(board), code


def _what_is_sent(name: str) -> str:
    """Said before anything is sent."""
    if name:
        called = say("The class board calls you {name}.", name=name)
    else:
        called = say("The class board gives you a made-up name, such as Otter 7.")
    sent = say(
        "From now on it is sent: the code that `doctor` prints; when you check an exercise, take a hint, "
        "look at a solution or answer a question: which one, when, the verdict, the id of the message, and "
        "the letters that you chose; and whether your hand is up. Never your code, what it prints, or your "
        "files."
    )
    return f"{called} {sent}"


def _why_not(error: Exception, board: str) -> str:
    if isinstance(error, NotReached):
        return say(
            "{why} Are the words right, and is this machine in the same network as the board at {board}? "
            "Everything else works without it.",
            why=error,
            board=board,
        )
    return say(
        "The class at {board} does not know these words. Compare them with what your instructor shows, and "
        "wait a minute after several attempts.",
        board=board,
    )


# ---- sending in the background -----------------------------------------------------------------------------

_sending = threading.Lock()
_started: set[Path] = set()


def keep_sending() -> None:
    """Send what this workspace's learner does, from a thread, while this process lives and no other does."""
    folder = workspace()
    with _sending:
        if folder in _started:
            return
        _started.add(folder)
    threading.Thread(target=_send, args=(folder,), name="class board", daemon=True).start()


def _send(folder: Path) -> None:
    """Wait for one's turn to be the workspace's only sender, then send."""
    box, forever = Outbox(folder), threading.Event()
    lock = FileLock(folder / ".course" / "class.sending.lock", thread_local=False)
    while True:
        with contextlib.suppress(OSError, Timeout, NotImplementedError):
            lock.acquire(timeout=0)
            box.run(forever)
        forever.wait(2)
