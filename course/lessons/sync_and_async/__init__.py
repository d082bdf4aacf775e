"""Content of lesson 03: where a task runs, and who waits while it does."""

LESSON = "sync_and_async"
