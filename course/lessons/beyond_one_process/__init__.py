"""Lesson 09: what becomes of the work when the process ends, and what outlives it."""
