"""The lessons' content, one package each; ``course.practice`` finds them here.

``docs/authoring.md`` describes the format.
"""
