"""Ctrl-C, SIGTERM and a closed terminal as one KeyboardInterrupt, which never cuts in two what must be whole."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Iterator, Optional

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """While entered, the first of the signals raises KeyboardInterrupt in the main thread; later ones do nothing."""

    def __init__(self) -> None:
        self._asked = False
        self._raised = False
        self._holders = 0
        self._previous: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Interrupts:
        for number in SIGNALS:
            self._previous[number] = signal.signal(number, self._interrupt)
        return self

    def __exit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    @contextmanager
    def held(self) -> Iterator[None]:
        """A signal that comes meanwhile is raised at the end of the block."""
        self._holders += 1
        try:
            yield
        finally:
            self._holders -= 1
        self._raise_if_asked()

    def no_more(self) -> None:
        """From here on it is being closed anyway."""
        self._raised = True

    def _interrupt(self, number: int, frame: object) -> None:
        self._asked = True
        self._raise_if_asked()

    def _raise_if_asked(self) -> None:
        if self._asked and not self._raised and not self._holders:
            self._raised = True
            raise KeyboardInterrupt
