"""Content of lesson 01: what happens between the response and the end of the request."""

LESSON = "after_the_response"
