"""From errors to answers: HTTP statuses are known only here."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from safelight.api.views import ErrorBody, ErrorView
from safelight.errors import InternalError, PixelsSpentError, SafelightError, TooManyRequestsError

RETRY_S = 10
"""What a client is told to wait where nobody knows better."""

STATUSES: Mapping[str, int] = MappingProxyType({
    "bad_request": 400,
    "not_signed_in": 401,
    "forbidden": 403,
    "not_found": 404,
    "unknown_batch": 404,
    "wrong_state": 409,
    "being_answered": 409,
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
    "out_of_memory": 422,
    "preview_failed": 422,
    "file_lost": 404,
    "bad_workflow": 422,
    "unknown_workflow": 422,
    "servers_away": 503,
    "server_away": 503,
    "server_refused": 502,
    "prompt_refused": 502,
    "paint_failed": 502,
    "fetch_refused": 422,
    "fetch_failed": 422,
    "bad_dataset": 422,
    "unknown_dataset": 404,
    "dataset_busy": 409,
    "bad_archive": 422,
    "caption_server": 502,
    "local_only": 422,
    "queue_full": 429,
    "too_many_tries": 429,
    "too_many_requests": 429,
    "too_many_tasks": 429,
    "pixels_spent": 429,
    "quota_full": 507,
    "database_away": 503,
    "timed_out": 503,
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

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "database_away": "the database cannot be reached, or is too busy; what was accepted before is safe",
        "store_failed": "a file cannot be read or written where files are kept",
        "disk_full": "the disk is full where files are kept",
    }
)
"""What is told of faults whose own words name addresses and folders; those are in the log."""

_LATER = (TooManyRequestsError, PixelsSpentError)
"""What says itself when to come again."""

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
    if code == "being_answered":
        found.setdefault("Retry-After", "1")
    if status == 401:
        found.setdefault("WWW-Authenticate", "Bearer")
    return _Json(body.model_dump(), status_code=status, headers=found)


class _Json(JSONResponse):
    """JSON that is sent whatever a client wrote: halves of characters too, which are no UTF-8."""

    def render(self, content: object) -> bytes:
        """Write it."""
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def answer_to(error: SafelightError) -> JSONResponse:
    """Make the answer to an error of the tree."""
    status = STATUSES.get(error.code, 500)
    if status < 500:
        headers = {"Retry-After": str(math.ceil(error.retry_s))} if isinstance(error, _LATER) else None
        return answer(status, error.code, str(error), {"hint": error.hint} if error.hint else {}, headers)
    log.error("fault", code=error.code, error=str(error))
    return answer(status, error.code, words_for(error))


def words_for(error: SafelightError) -> str:
    """Say what went wrong on the side of the service, without names of its folders and addresses."""
    if error.code in ("store_full", "timed_out", "quota_full"):
        return str(error)
    return _WORDS.get(error.code, "a fault in the service; the log of the service has more")


def install(app: FastAPI, hidden: Mapping[str, str]) -> None:
    """Let every error leave in the one shape; ``hidden`` are folders, and what is said instead of their names."""

    def known(_request: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, SafelightError):
            return answer_to(InternalError(str(error)))
        for folder, name in hidden.items():
            error.message = error.message.replace(folder, name)
            error.hint = error.hint and error.hint.replace(folder, name)
        return answer_to(error)

    def invalid(_request: Request, error: Exception) -> JSONResponse:
        found = error.errors() if isinstance(error, RequestValidationError) else []
        fields = [{"field": ".".join(str(part) for part in one["loc"]), "message": one["msg"]} for one in found]
        first = f"{fields[0]['field']}: {fields[0]['message']}" if fields else "the request is not valid"
        return answer(422, "bad_request", first, {"fields": fields})

    def http(_request: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, HTTPException):
            return answer(500, "internal", words_for(InternalError("")))
        code = _CODES.get(error.status_code, "error")
        return answer(error.status_code, code, str(error.detail), headers=error.headers)

    def half(_request: Request, _error: Exception) -> JSONResponse:
        return answer(400, "bad_request", "a text in the request holds half a character, which is no Unicode")

    app.add_exception_handler(SafelightError, known)
    # JSON can name halves of characters; nothing but a client's text holds any, and no database takes them.
    app.add_exception_handler(UnicodeEncodeError, half)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
