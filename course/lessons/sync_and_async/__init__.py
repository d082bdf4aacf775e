"""Content of lesson 02: where a task runs, and who waits while it does."""

LESSON = "sync_and_async"
