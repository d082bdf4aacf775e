"""See the design of the course."""
