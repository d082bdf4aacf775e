"""The web site: the lessons to read without installing anything, and what the kit gives learners to read.

Sphinx, MyST-NB and the Book theme make it; docs/site.md says why. What is here prepares their sources.
"""
