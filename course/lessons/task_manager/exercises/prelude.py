# What the notebook's cells have defined before an exercise begins; the methods as worked out for the lesson.
import asyncio
from collections import deque
from collections.abc import Callable
from graphlib import TopologicalSorter
from typing import Annotated, Any, Literal

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from course import serve
from course.lessons.order_and_data.worked import (
    GraphError,
    TaskDependency,
    add_task,
    arguments_for,
    call,
    check_names,
    find_cycle,
    resolve_dependencies,
    run,
    run_in_order,
)
from course.tasks import is_async
