import asyncio
import json
import sqlite3
import time
from contextlib import asynccontextmanager
from urllib.parse import quote

from fastapi import BackgroundTasks, FastAPI, HTTPException, Response

from course import ____
