"""Two who change the same visit at once can lock each other out for a moment: the desk begins again by itself."""

from __future__ import annotations

import logging
from typing import Any, Callable, Coroutine

from fastapi import Request, Response
from fastapi.routing import APIRoute
from psycopg2.errorcodes import DEADLOCK_DETECTED, SERIALIZATION_FAILURE
from sqlalchemy.exc import OperationalError

logger = logging.getLogger(__name__)

TRIES = 3
_RETRYABLE = frozenset({DEADLOCK_DETECTED, SERIALIZATION_FAILURE})


class RetryingRoute(APIRoute):
    """A page changes what it changes in one transaction, so one that was rolled back can be done again."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        once = super().get_route_handler()

        async def handle(request: Request) -> Response:
            for _ in range(TRIES - 1):
                try:
                    return await once(request)
                except OperationalError as error:
                    if getattr(error.orig, "pgcode", None) not in _RETRYABLE:
                        raise
                    logger.info("a page begun again after a lock conflict")
            return await once(request)

        return handle
