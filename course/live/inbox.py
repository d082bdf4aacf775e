"""A local mail server: what a task sends with smtplib arrives here."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import threading
import weakref
from dataclasses import dataclass
from email.message import EmailMessage
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from course.live.errors import InboxTimeout
from course.live.loops import close, listen, new_loop
from course.live.threads import wait
from course.words import say

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, slots=True)
class Mail:
    """A message that arrived. `message` has all of it."""

    sender: str
    to: str
    subject: str
    body: str
    message: EmailMessage

    def __getitem__(self, header: str) -> str | None:
        value = self.message[header]
        return None if value is None else str(value)

    def __repr__(self) -> str:
        return f"{self.to}: {self.subject}"


class Inbox:
    """A local SMTP server in a thread of its own, and the messages that it got.

    Use it in a ``with`` block, or keep the name: like a server it stops when the name is bound to another.

    Args:
        delay: seconds before the server accepts a message, like a slow provider.
    """

    host = "127.0.0.1"

    def __init__(self, delay: float = 0.0) -> None:
        self._post = _PostOffice(delay)
        self.port = self._post.port
        self._finalizer = weakref.finalize(self, self._post.stop)
        self._post.start()

    @property
    def messages(self) -> list[Mail]:
        """What has arrived, in order."""
        return list(self._post.mails)

    def wait_for(self, n: int = 1, timeout: float = 5) -> list[Mail]:
        """Block until `n` messages have arrived, and return all.

        Raises:
            InboxTimeout: fewer arrived within `timeout` seconds.
        """
        mails = self._post.mails
        with self._post.arrived:
            if not wait(
                lambda seconds: self._post.arrived.wait_for(lambda: len(mails) >= n, seconds), timeout
            ):
                raise InboxTimeout(
                    say(
                        "After {seconds:g} s the inbox had {have} of {wanted} messages.",
                        seconds=timeout,
                        have=len(mails),
                        wanted=n,
                    )
                )
            return list(mails)

    def clear(self) -> None:
        """Throw all messages away."""
        self._post.mails.clear()

    def stop(self) -> None:
        """Stop the server; the messages stay. Stopping a stopped one does nothing."""
        self._finalizer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.stop()

    def __len__(self) -> int:
        return len(self._post.mails)

    def __repr__(self) -> str:
        return "\n".join(map(repr, self.messages)) or say("no mail")


class _PostOffice:
    """The thread. Has no reference to the Inbox that the notebook holds."""

    def __init__(self, delay: float) -> None:
        self.mails: list[Mail] = []
        self.arrived = threading.Condition()
        self._delay = delay
        self._socket = listen()
        self.port: int = self._socket.getsockname()[1]
        self._loop = new_loop()
        self._closing = asyncio.Event()
        self._ready = threading.Event()
        self._protocols: weakref.WeakSet[SMTP] = weakref.WeakSet()
        self._thread = threading.Thread(target=self._run, name="bench inbox", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._ready.wait(5)

    def stop(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._closing.set)
        if self._thread is not threading.current_thread():
            self._thread.join(2)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()
            self._socket.close()

    async def _serve(self) -> None:
        server = await self._loop.create_server(self._protocol, sock=self._socket)
        self._ready.set()
        await self._closing.wait()
        await close(server)
        for protocol in list(self._protocols):
            if protocol.transport is not None:
                protocol.transport.close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        if rest:
            await asyncio.wait(rest, timeout=1)
        await asyncio.sleep(0)  # a connection closes at the loop's next turn

    def _protocol(self) -> SMTP:
        from aiosmtpd.smtp import SMTP

        protocol = SMTP(self, hostname="localhost", enable_SMTPUTF8=True, loop=self._loop)
        self._protocols.add(protocol)
        return protocol

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002
        """Called by aiosmtpd with each message."""
        if self._delay:
            await asyncio.sleep(self._delay)
        content: Any = envelope.content
        raw = content if isinstance(content, bytes) else str(content).encode()
        mail = _read(raw, envelope.mail_from or "", list(envelope.rcpt_tos))
        with self.arrived:
            self.mails.append(mail)
            self.arrived.notify_all()
        return "250 Message accepted"


def _read(raw: bytes, sender: str, recipients: list[str]) -> Mail:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    part = message.get_body(("plain", "html"))
    body = part.get_content() if part is not None else ""
    return Mail(
        sender=str(message["From"] or sender),
        to=str(message["To"] or ", ".join(recipients)),
        subject=str(message["Subject"] or ""),
        body=str(body).strip(),
        message=message,
    )
