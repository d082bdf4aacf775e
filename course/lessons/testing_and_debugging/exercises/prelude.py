# What the notebook's cells have defined before an exercise begins.
import asyncio
import contextlib
import functools
import logging
import time
import uuid
from contextvars import ContextVar
from unittest import mock

import httpx
import pytest
from fastapi import BackgroundTasks, Depends, FastAPI
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient
from starlette.background import BackgroundTask
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_fixed, wait_none

from course import Gate, run_tests, serve, show_source
from course.lessons.testing_and_debugging import OrderShop, UvicornProcess, gate, mailing, signup
from course.lessons.testing_and_debugging.shop import FakeMailer
