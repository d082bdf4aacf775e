# What the notebook's cells have defined before an exercise begins.
import asyncio
import contextlib
import time
from unittest import mock

import httpx
import pytest
from fastapi import BackgroundTasks, Depends, FastAPI
from fastapi.testclient import TestClient

from course import Gate, serve
from course.lessons.testing_and_debugging import OrderShop
from course.lessons.testing_and_debugging.shop import FakeMailer
