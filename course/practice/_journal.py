"""The learner's journal: one line of JSON per thing done, appended, never rewritten.

It lives in the workspace (``COURSE_WORKSPACE``, or ``workspace/`` beside the course) and never leaves the
machine. Several kernels may write at once; a torn line (a crash, a full disk) costs that line only.
Where nothing can be written, this kernel's entries stay in memory and are written as soon as they can be.
"""

import contextlib
import errno
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, SoftFileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from course.paths import workspace
from course.words import say

VERSION = 1
_LOCK_SECONDS = 2.0
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP)
"""The errors of a file system without locks, such as some network drives."""


class Entry(BaseModel):
    """One thing that the learner did.

    ``kind`` is ``check``, ``hint``, ``solution``, ``answer`` or ``prediction``; ``id`` names the exercise or
    the question. Checks have ``state`` and ``miss``, hints ``number``, answers ``chosen`` and ``right``.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    v: int = VERSION
    at: datetime
    kind: str
    id: str
    state: str | None = None
    miss: str | None = None
    number: int | None = None
    chosen: list[str] | None = None
    right: bool | None = None


class Journal:
    """The entries of one workspace, oldest first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._unsaved: list[Entry] = []
        self._problem: str | None = None
        self._told = False
        self._lock = threading.Lock()

    def add(
        self,
        kind: str,
        id: str,
        *,
        state: str | None = None,
        miss: str | None = None,
        number: int | None = None,
        chosen: list[str] | None = None,
        right: bool | None = None,
    ) -> Entry:
        """Note one thing, now. Never raises: what cannot be written is kept in memory (see ``notice``)."""
        entry = Entry(
            at=datetime.now(UTC),
            kind=kind,
            id=id,
            state=state,
            miss=miss,
            number=number,
            chosen=chosen,
            right=right,
        )
        with self._lock:
            self._unsaved.append(entry)
            try:
                self._write(self._unsaved)
            except Timeout as error:
                self._problem = _locked(error.lock_file)
            except OSError as error:
                folder = self.path.parent.parent.name
                self._problem = _not_saved(error.strerror or error, folder)
            else:
                self._unsaved.clear()
                self._problem = None
        return entry

    def entries(self, kind: str | None = None, id: str | None = None) -> list[Entry]:
        """Everything noted so far, oldest first; only of this ``kind`` or about this ``id`` when given."""
        with self._lock:
            every = [*self._read(), *self._unsaved]
        return [entry for entry in every if kind in (None, entry.kind) and id in (None, entry.id)]

    def notice(self) -> str | None:
        """The sentence that says why progress is not saved: the first time in a kernel, ``None`` later."""
        if self._problem is None or self._told:
            return None
        self._told = True
        return self._problem

    def _write(self, entries: list[Entry]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lines = "".join(entry.model_dump_json(exclude_none=True) + "\n" for entry in entries)
        with _alone(self.path), self.path.open("ab") as file:
            start = "" if _ends_clean(self.path) else "\n"
            file.write((start + lines).encode("utf-8"))

    def _read(self) -> list[Entry]:
        try:
            return read_journal(self.path)[0]
        except OSError:
            return []


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other kernels from writing to a file. Where the file system has no locks, a file beside it stands
    for one; that of a process of this machine that has died is removed.

    Raises:
        Timeout: another kernel is writing, or died on another machine while it was.
    """
    lock = FileLock(f"{path}.lock", timeout=_LOCK_SECONDS, fallback_to_soft=False)
    try:
        lock.acquire()
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        with SoftFileLock(f"{path}.in-use", timeout=_LOCK_SECONDS):
            yield
        return
    try:
        yield
    finally:
        lock.release()


def read_journal(path: Path) -> tuple[list[Entry], int]:
    """The entries in a journal's file, oldest first, and how many of its lines are not entries (torn, or
    foreign).

    Raises:
        OSError: the file cannot be read.
    """
    lines = [line for line in path.read_bytes().split(b"\n") if line.strip()]
    entries = [entry for line in lines if (entry := _parse(line))]
    return entries, len(lines) - len(entries)


def journal() -> Journal:
    """The journal of the current workspace."""
    path = workspace() / ".course" / "journal.jsonl"
    with _journals_lock:
        return _journals.setdefault(path, Journal(path))


_journals: dict[Path, Journal] = {}
_journals_lock = threading.Lock()


def _parse(line: bytes) -> Entry | None:
    """The entry in ``line``; ``None`` for a torn line, or one from a newer version of the course."""
    try:
        entry = Entry.model_validate_json(line)
    except ValidationError:
        return None
    return entry if entry.v == VERSION else None


def _ends_clean(path: Path) -> bool:
    """Whether the next line can follow at once: the file is empty or ends with a line end."""
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return True
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _locked(file: str) -> str:
    return say(
        "Your progress cannot be saved now, because it is locked by another kernel: `{file}`. Everything "
        "else works. Your progress is kept until this kernel stops, and saved with the next thing that you "
        "do once the lock is gone. If no other notebook of the course is open, remove that file.",
        file=file,
    )


def _not_saved(reason: object, folder: str) -> str:
    return say(
        "Your progress cannot be saved: {reason}. Everything else works. Your progress is kept until this "
        "kernel stops, and saved with the next thing that you do once `{folder}` can be written.",
        reason=reason,
        folder=folder,
    )
