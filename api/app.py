"""The API, put together: one address for each kind of list, a token in front, errors without anybody's data."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Annotated, Any, Callable, Literal, Optional

from fastapi import Depends, FastAPI, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.bodies import BadBody, Rows, read_body, read_rows
from api.shapes import ErrorShape, ReportShape, request_body
from clinic.api_keys import ApiKey, check_key
from imports.importing import import_rows
from imports.job import job_for
from imports.kind import Kind
from imports.kinds import LISTS
from imports.problems import Problem
from imports.report import Report
from imports.texts import say

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
_bearer = HTTPBearer(auto_error=False, description="The token that `istiqbal api-key add NAME` showed.")
ABOUT = (
    "Lists of a practice system, through the same checks as `istiqbal import` (docs/import.md). Good rows are written "
    "and bad ones are told, unless `all_or_nothing` is set. 200: every row was taken. 207: some were, see `results`. "
    "422: none was. Rows have keys of their own (`id`, or what docs/import.md names), so the same request again "
    "changes nothing: an `Idempotency-Key` header is welcome and not needed."
)
_ERRORS: dict[int | str, dict[str, Any]] = {
    207: {"model": ReportShape, "description": "Some rows were taken."},
    400: {"model": ErrorShape, "description": "Not JSON."},
    401: {"model": ErrorShape, "description": "No token, or one that does not hold."},
    413: {"model": ErrorShape, "description": "More than 5 MB or 1,000 rows."},
    422: {"model": ReportShape, "description": "No row was taken, or the body is not a list (then as for 400)."},
    503: {"model": ErrorShape, "description": "The database is away; try again."},
}


class NoKey(Exception):
    """The request has no token that holds."""


def create_api(engine: Engine, now: Clock) -> FastAPI:
    """To be mounted, or served alone. No page of docs: the usual ones load their scripts from elsewhere."""
    api = FastAPI(
        title="Istiqbal",
        version="1",
        description=ABOUT,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    for kind in LISTS.values():
        _add_list(api, kind, engine, now)
    _add_errors(api)
    return api


def _add_list(api: FastAPI, kind: Kind[Any], engine: Engine, now: Clock) -> None:
    async def take(
        request: Request,
        credentials: Annotated[Optional[HTTPAuthorizationCredentials], Depends(_bearer)],
        all_or_nothing: bool = Query(False, description="Write nothing if any row is bad."),
        language: Literal["en", "ar"] = Query("en", description="Of the messages."),
        idempotency_key: Optional[str] = Header(None, description="Welcome, not needed: rows have keys."),
    ) -> Response:
        # Who asks comes before what they send: a stranger's body is not read.
        key = await run_in_threadpool(_key_of, engine, credentials, now())
        data = await read_body(request.stream(), request.headers.get("content-length"))
        return await run_in_threadpool(_answer, engine, key, kind, data, now(), all_or_nothing, language)

    api.add_api_route(
        f"/{kind.name}",
        take,
        methods=["POST"],
        name=kind.name,
        summary=f"Add or update {kind.name}",
        response_model=ReportShape,
        responses=_ERRORS,
        openapi_extra=request_body(kind),
    )


def _key_of(engine: Engine, credentials: Optional[HTTPAuthorizationCredentials], now: datetime) -> ApiKey:
    """Raises NoKey."""
    if credentials is None:
        raise NoKey
    with engine.begin() as conn:
        key = check_key(conn, credentials.credentials, now)
    if key is None:
        raise NoKey
    return key


def _answer(
    engine: Engine, key: ApiKey, kind: Kind[Any], data: bytes, now: datetime, all_or_nothing: bool, language: str
) -> JSONResponse:
    """Raises BadBody."""
    rows = read_rows(data, kind)
    with engine.connect() as conn:
        transaction = conn.begin()
        conn.execute(text("SET LOCAL lock_timeout = '3s'"))
        job = job_for(conn, key.clinic_id, now, actor="api")
        titles = {column.name: column.name for column in kind.columns}
        report = import_rows(job, kind, rows.rows, total=rows.total, titles=titles, broken=rows.broken)
        written = not (all_or_nothing and report.bad)
        if written:
            transaction.commit()
        else:
            transaction.rollback()
    return JSONResponse(_told(report, rows, written, language), status_code=_status(report, written))


def _status(report: Report, written: bool) -> int:
    if not report.bad:
        return 200
    return 207 if written and report.bad < len(report.outcomes) else 422


def _told(report: Report, rows: Rows, written: bool, language: str) -> dict[str, Any]:
    problems: dict[Optional[int], list[Problem]] = {}
    for problem in report.problems:
        problems.setdefault(problem.line, []).append(problem)
    return {
        "written": written,
        **report.counts,
        "results": [
            {
                "row": index,
                "outcome": report.outcomes[index].what,
                "id": report.outcomes[index].id if written else None,
                "problems": [_problem(problem, language) for problem in problems.get(index, ())],
            }
            for index in range(rows.total)
        ],
        "remarks": [
            {"row": remark.line, "code": remark.code, "message": say(remark.code, language, **remark.details)}
            for remark in report.remarks
        ],
    }


def _problem(problem: Problem, language: str) -> dict[str, str]:
    return {
        "column": problem.column,
        "code": problem.code,
        "message": say(problem.code, language, **problem.details),
    }


def _add_errors(api: FastAPI) -> None:
    @api.exception_handler(NoKey)
    def no_key(request: Request, error: NoKey) -> JSONResponse:
        answer = _error(401, "no_key", "The request needs a token that holds: Authorization: Bearer ...")
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer

    @api.exception_handler(BadBody)
    def bad_body(request: Request, error: BadBody) -> JSONResponse:
        return _error(error.status, error.code, error.message)

    @api.exception_handler(RequestValidationError)
    def bad_call(request: Request, error: RequestValidationError) -> JSONResponse:
        return _error(422, "bad_parameter", "A parameter of the address or a header cannot be read.")

    @api.exception_handler(404)
    def no_such(request: Request, error: Exception) -> JSONResponse:
        return _error(404, "no_such_address", "There is no such address.")

    @api.exception_handler(405)
    def not_so(request: Request, error: Exception) -> JSONResponse:
        return _error(405, "method", "Lists are posted.")

    @api.exception_handler(SQLAlchemyError)
    def database_trouble(request: Request, error: SQLAlchemyError) -> JSONResponse:
        # The text of the error may hold what was being written; its class tells enough for a log.
        logger.error("the database refused or was away: %s at %s", type(error).__name__, request.url.path)
        if isinstance(error, (OperationalError, PoolTimeout)):
            return _error(503, "database_away", "The database is away; nothing was written. Try again.")
        return _error(500, "failed", "Something failed here; nothing was written.")


def _error(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"code": code, "message": message}, status_code=status)
