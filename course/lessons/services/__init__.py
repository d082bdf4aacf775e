"""Lesson 03: services, the database and whatever else a task is given."""

LESSON = "services"
