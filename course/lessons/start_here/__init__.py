"""Content of lesson 00: the seat, the bench and the event loop of a notebook."""

LESSON = "start_here"
