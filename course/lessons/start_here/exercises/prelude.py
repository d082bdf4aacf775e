# What the notebook's cells have defined before an exercise begins.
from fastapi import FastAPI
