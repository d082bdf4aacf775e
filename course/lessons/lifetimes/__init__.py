"""Lesson 04: what a task still finds alive."""

LESSON = "lifetimes"
