# What the notebook's cells have defined before an exercise begins.
import asyncio
import threading
import time
from graphlib import TopologicalSorter

from fastapi import BackgroundTasks, Depends, FastAPI
from starlette.concurrency import run_in_threadpool

from course import serve, show_source
from course.lessons.order_and_data import parcel
from course.lessons.order_and_data.dominoes import dominoes
from course.lessons.order_and_data.fulfilment import AFTER, Order
from course.lessons.order_and_data.hostile import attack
from course.live import Gate, mark
