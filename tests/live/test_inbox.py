import gc
import smtplib
import threading
import time
from email.message import EmailMessage

import pytest

from course.live import Inbox, InboxTimeout


def send(inbox: Inbox, to: str, subject: str = "Welcome", body: str = "Good to have you here.") -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "shop@example.org", to, subject
    message.set_content(body)
    with smtplib.SMTP(inbox.host, inbox.port, local_hostname="localhost") as connection:
        connection.send_message(message)


def test_what_smtplib_sends_arrives() -> None:
    with Inbox() as inbox:
        assert repr(inbox) == "no mail"
        send(inbox, "ada@example.org", "Welcome, Zoë", "Grüße")
        send(inbox, "bob@example.org")
        assert repr(inbox) == "ada@example.org: Welcome, Zoë\nbob@example.org: Welcome"
        first, _ = inbox.wait_for(2)
        assert (first.to, first.sender, first.subject) == (
            "ada@example.org",
            "shop@example.org",
            "Welcome, Zoë",
        )
        assert first.body == "Grüße"
        assert first["subject"] == "Welcome, Zoë"
        assert first["x-nothing"] is None
        inbox.clear()
        assert len(inbox) == 0


@pytest.mark.usefixtures("pseudo")
def test_an_empty_inbox_speaks_the_learners_language() -> None:
    with Inbox() as inbox:
        assert "⟦" in repr(inbox)


def test_waiting_ends() -> None:
    with Inbox() as inbox, pytest.raises(InboxTimeout, match=r"After 0\.01 s the inbox had 0 of 3 messages"):
        inbox.wait_for(3, timeout=0.01)


def test_a_slow_provider() -> None:
    with Inbox(delay=0.05) as inbox:
        start = time.perf_counter()
        send(inbox, "ada@example.org")
        assert time.perf_counter() - start >= 0.05
        assert len(inbox) == 1


def test_stops_when_forgotten_and_leaves_nothing_behind() -> None:
    for _ in range(20):
        inbox = Inbox()
        send(inbox, "ada@example.org")
    mails = inbox.messages
    inbox.stop()
    inbox.stop()
    gc.collect()
    assert [mail.to for mail in mails] == ["ada@example.org"]
    assert not [t for t in threading.enumerate() if t.name == "bench inbox"]
    with pytest.raises(ConnectionRefusedError):
        send(inbox, "ada@example.org")


def test_stops_with_a_client_still_connected() -> None:
    with Inbox() as inbox:
        connection = smtplib.SMTP(inbox.host, inbox.port, local_hostname="localhost")
    with pytest.raises(smtplib.SMTPServerDisconnected):
        connection.noop()
