# What the notebook's cells have defined before an exercise begins.
import asyncio
import contextlib
import logging
import socket
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
from fastapi import BackgroundTasks, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from tenacity import (
    before_sleep_log,
    retry,
    retry_if_exception,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
    wait_fixed,
    wait_none,
    wait_random_exponential,
)

from course import Gate, serve, show_source
from course.lessons.failure_and_retries import Fault, Faults, LogList, draw_waits
from course.live import LiveError
from course.tasks import TaskManager, guarded, is_async, transient

log = logging.getLogger("course.tasks")


class Order(BaseModel):
    id: str
