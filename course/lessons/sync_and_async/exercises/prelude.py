# What the notebook's cells have defined before an exercise begins.
import asyncio
import gc
import multiprocessing
import os
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager
from functools import partial

import anyio
import anyio.from_thread
import anyio.to_thread
from fastapi import BackgroundTasks, Depends, FastAPI
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from course import Gate, serve, show_source
from course.lessons.sync_and_async.primes import ignore_ctrl_c

spawn = multiprocessing.get_context("spawn")
