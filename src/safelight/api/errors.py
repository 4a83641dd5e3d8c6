"""From errors to answers: HTTP statuses are known only here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from safelight.api.views import ErrorBody, ErrorView
from safelight.errors import InternalError, SafelightError

RETRY_S = 10
"""What a client is told to wait where nobody knows better."""

STATUSES: Mapping[str, int] = MappingProxyType({
    "bad_request": 400,
    "not_signed_in": 401,
    "forbidden": 403,
    "not_found": 404,
    "wrong_state": 409,
    "upload_too_large": 413,
    "unsupported_format": 415,
    "photo_too_large": 422,
    "broken_photo": 422,
    "unreadable_photo": 422,
    "bad_recipe": 422,
    "unknown_operation": 422,
    "unknown_preset": 422,
    "unknown_model": 422,
    "missing_weights": 422,
    "licence_not_accepted": 422,
    "cannot_write": 422,
    "queue_full": 429,
    "database_away": 503,
    "store_failed": 503,
    "store_full": 507,
    "disk_full": 507,
})  # fmt: skip
"""By code of the error; what is not here is a fault of the service, 500."""

_CODES = MappingProxyType({
    400: "bad_request", 401: "not_signed_in", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
    406: "not_acceptable", 409: "wrong_state", 413: "upload_too_large", 415: "unsupported_format",
    422: "bad_request", 429: "queue_full",
})  # fmt: skip

log = structlog.get_logger()


def answer(
    status: int,
    code: str,
    message: str,
    details: dict[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Make an answer of the one shape that all errors have."""
    body = ErrorView(error=ErrorBody(code=code, message=message, details=details or {}), detail=message)
    found = dict(headers or {})
    if status in (429, 503, 507):
        found.setdefault("Retry-After", str(RETRY_S))
    if status == 401:
        found.setdefault("WWW-Authenticate", "Bearer")
    return JSONResponse(body.model_dump(), status_code=status, headers=found)


def answer_to(error: SafelightError) -> JSONResponse:
    """Make the answer to an error of the tree."""
    status = STATUSES.get(error.code, 500)
    if status == 500:
        log.error("fault", code=error.code, error=str(error))
    return answer(status, error.code, str(error), {"hint": error.hint} if error.hint else {})


def install(app: FastAPI) -> None:
    """Let every error leave in the one shape."""

    def known(_request: Request, error: Exception) -> JSONResponse:
        return answer_to(error if isinstance(error, SafelightError) else InternalError(str(error)))

    def invalid(_request: Request, error: Exception) -> JSONResponse:
        found = error.errors() if isinstance(error, RequestValidationError) else []
        fields = [{"field": ".".join(str(part) for part in one["loc"]), "message": one["msg"]} for one in found]
        first = f"{fields[0]['field']}: {fields[0]['message']}" if fields else "the request is not valid"
        return answer(422, "bad_request", first, {"fields": fields})

    def http(_request: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, HTTPException):
            return answer(500, "internal", "a fault in the service")
        code = _CODES.get(error.status_code, "error")
        return answer(error.status_code, code, str(error.detail), headers=error.headers)

    def fault(request: Request, error: Exception) -> JSONResponse:
        log.error("fault", path=request.url.path, error=f"{type(error).__name__}: {error}", exc_info=error)
        return answer(500, "internal", "a fault in the service; the log of the service has more")

    app.add_exception_handler(SafelightError, known)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, fault)
