"""Lesson 04: order and data."""

LESSON = "order_and_data"
