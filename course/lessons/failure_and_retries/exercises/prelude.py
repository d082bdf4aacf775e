# What the notebook's cells have defined before an exercise begins.
import asyncio
import logging
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from fastapi import BackgroundTasks, FastAPI, HTTPException, Request
from pydantic import BaseModel
from tenacity import (
    before_sleep_log,
    retry,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
    wait_fixed,
    wait_none,
    wait_random_exponential,
)

from course.tasks import TaskManager, guarded, is_async


class Order(BaseModel):
    id: str
