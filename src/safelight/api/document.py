"""The OpenAPI document: what FastAPI makes of the routes, put right where it cannot know better."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safelight.api.repeat import SECRET
from safelight.api.views import ErrorView

ERRORS: Mapping[int, str] = {
    400: "The request cannot be understood.",
    401: "Nobody is signed in, or the key or token is missing or not valid.",
    403: "This caller may not do this.",
    404: "There is no such thing, or it belongs to somebody else.",
    405: "Not with this method; see Allow.",
    409: "Not in this state.",
    413: "Too large.",
    415: "Not a format that is opened here.",
    422: "A value is not valid; the message says which, and what is.",
    429: "Too much is waiting; see Retry-After.",
    500: "A fault in the service.",
    503: "The database or the store is away; see Retry-After.",
    507: "The disk is too full for new work.",
}
"""What may go wrong anywhere."""

_KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    "description": "Any name for this request: sent again with the same name after it worked, it is answered as before "
    "and does nothing twice. Users have names of their own if they are told in the query or as `X-User-Id`; a form "
    "field is read too late for that.",
}  # fmt: skip


def mended(document: dict[str, Any]) -> dict[str, Any]:
    """Give every operation the errors that all have in common, in the one shape, and POST its key."""
    ref = {"$ref": f"#/components/schemas/{ErrorView.__name__}"}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            own = operation["responses"]
            shared = {
                str(status): {"description": text, "content": {"application/json": {"schema": ref}}}
                for status, text in ERRORS.items()
                if (path, status) != ("/health", 503)
            }
            operation["responses"] = dict(sorted({**own, **shared}.items()))
            if method == "post" and not path.startswith(SECRET):
                operation.setdefault("parameters", []).append(_KEY)
    return document
