"""The HTTP API for a clinic's own systems."""
