"""Channels through which patients reach the clinic."""
