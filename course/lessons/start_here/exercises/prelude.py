# What the notebook's cells have defined before an exercise begins.
import asyncio
import time

import httpx
import uvicorn
from fastapi import BackgroundTasks, FastAPI

from course import OtherKernel, doctor, serve, show_source
