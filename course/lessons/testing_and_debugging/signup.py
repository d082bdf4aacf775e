"""An app that reaches the functions of `mailing` in five ways."""

from collections.abc import Callable
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI

from course.lessons.testing_and_debugging import mailing
from course.lessons.testing_and_debugging.mailing import send_news, send_welcome

app = FastAPI()
senders = {"welcome": send_welcome}


def get_sender() -> Callable[[str], None]:
    """The provider that Depends is given."""
    return mailing.send_welcome


@app.post("/name")
def by_name(tasks: BackgroundTasks) -> None:
    """A name of this module."""
    tasks.add_task(send_welcome, "ada")


@app.post("/attribute")
def by_attribute(tasks: BackgroundTasks) -> None:
    """An attribute of the other module."""
    tasks.add_task(mailing.send_welcome, "ada")


@app.post("/dict")
def by_dict(tasks: BackgroundTasks) -> None:
    """A dict that was filled when this module was imported."""
    tasks.add_task(senders["welcome"], "ada")


@app.post("/depends")
def by_depends(send: Annotated[Callable[[str], None], Depends(get_sender)], tasks: BackgroundTasks) -> None:
    """What a provider returns."""
    tasks.add_task(send, "ada")


@app.post("/async")
def by_async_name(tasks: BackgroundTasks) -> None:
    """A name of this module, for an async function."""
    tasks.add_task(send_news, "ada")
