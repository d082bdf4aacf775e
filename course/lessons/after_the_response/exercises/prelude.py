# What the notebook's cells have defined before an exercise begins.
import asyncio
import smtplib
import threading
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from functools import wraps

import httpx
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from pydantic import BaseModel
from starlette.background import BackgroundTask
from starlette.responses import Response

from course import Gate, Inbox, serve, show_source


class User(BaseModel):
    email: str
