"""Wires a process to its installation: the settings of its environment, and the database they point to."""

from __future__ import annotations

import atexit
from contextlib import ExitStack
from functools import lru_cache

from sqlalchemy.engine import Engine

from clinic.database.connect import database, open_engine
from istiqbal.settings import read_settings


@lru_cache(maxsize=1)
def shared_url() -> str:
    """This process's database; an embedded one that the process had to start ends with it."""
    stack = ExitStack()
    url = stack.enter_context(database(read_settings()))
    atexit.register(stack.close)
    return url


@lru_cache(maxsize=1)
def shared_engine() -> Engine:
    """This process's connections, opened at first use."""
    return open_engine(shared_url())
