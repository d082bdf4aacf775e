# What the notebook's cells have defined before an exercise begins.
import asyncio
import gc
import weakref
from collections.abc import Iterator
from contextvars import ContextVar, copy_context
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI, Request, Response
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from starlette.concurrency import run_in_threadpool

from course.lessons.services.database import Order, new_engine


class NewOrder(BaseModel):
    email: str
