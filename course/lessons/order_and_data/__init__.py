"""Lesson 05: order and data."""

LESSON = "order_and_data"
