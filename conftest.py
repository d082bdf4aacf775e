"""Everything under test runs through the notebook gate, which is a plugin of the course itself."""

pytest_plugins = ["course.publish.plugin"]
