# What the notebook's cells have defined before an exercise begins.
import asyncio
import gc
import smtplib
import weakref
from collections.abc import AsyncIterator, Iterator
from contextvars import ContextVar, copy_context
from email.message import EmailMessage
from typing import Annotated
from uuid import uuid4

from fastapi import BackgroundTasks, Depends, FastAPI, Form, Request, Response, UploadFile
from fastapi.testclient import TestClient
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from course import Gate, Inbox, mark, serve, show_source
from course.lessons.services.database import Order, new_engine


class NewOrder(BaseModel):
    email: str
