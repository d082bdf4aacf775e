# What the notebook's cells have defined before an exercise begins.
import asyncio
import uuid

from fastapi import BackgroundTasks, FastAPI, HTTPException
from fastapi.testclient import TestClient
from pydantic import BaseModel
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_none, wait_random_exponential

from course import serve, show_source
from course.lessons.capstone import Declined, OutOfStock, Services
from course.lessons.capstone.store import Store
from course.lessons.failure_and_retries import Faults, LogList
from course.tasks import Outcome, TaskManager, guarded, retry_transient


class Order(BaseModel):
    item: str
    cents: int
    email: str
