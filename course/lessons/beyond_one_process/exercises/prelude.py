import asyncio
import http.client
import json
import select
import shutil
import sqlite3
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

from fastapi import BackgroundTasks, FastAPI, HTTPException, Response

from course import FileGate, Gate, Inbox, ____, launch, serve, show_source
from course.lessons.beyond_one_process import jobs, nightly, outbox, reports
from course.timeline import Lives

LESSON = "course.lessons.beyond_one_process"
