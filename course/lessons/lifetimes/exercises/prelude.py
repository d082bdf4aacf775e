# What the notebook's cells have defined before an exercise begins.
import gc
import smtplib
import weakref
from collections.abc import Iterator
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from typing import Annotated
from unittest.mock import patch

from fastapi import BackgroundTasks, Depends, FastAPI, Request, Response
from fastapi.testclient import TestClient
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from course.lessons.services.database import Order, new_engine


class NewOrder(BaseModel):
    email: str


class FakeNotifications:
    def __init__(self) -> None:
        self.sent = []

    def send_order_confirmation(self, order_id: int, to: str) -> None:
        self.sent.append((order_id, to))
