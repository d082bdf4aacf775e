# What the notebook's cells have defined before an exercise begins.
import smtplib
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from functools import lru_cache
from typing import Annotated
from unittest.mock import patch

from fastapi import BackgroundTasks, Depends, FastAPI, Request, WebSocket
from fastapi.testclient import TestClient
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from course import Gate, Inbox, serve
from course.lessons.services.database import Order, new_engine


class NewOrder(BaseModel):
    email: str


class FakeNotifications:
    def __init__(self) -> None:
        self.sent = []

    def send_order_confirmation(self, order_id: int, to: str) -> None:
        self.sent.append((order_id, to))
