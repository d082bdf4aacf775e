"""Lesson 06: a task manager, method by method."""

LESSON = "task_manager"
