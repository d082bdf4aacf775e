# What the notebook's cells have defined before an exercise begins.
import asyncio

from fastapi import BackgroundTasks, FastAPI, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.background import BackgroundTask
from starlette.responses import Response


class User(BaseModel):
    email: str
