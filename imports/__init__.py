"""A clinic's own lists, brought in: files of a practice system, or rows of the HTTP API, through the same checks."""
