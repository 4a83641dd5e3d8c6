"""The page that explains the interface."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from safelight.api.parts import Having
from safelight.api.reference import content_policy, reference_page

router = APIRouter(include_in_schema=False)


@router.get("/docs")
def docs(request: Request, having: Having) -> Response:
    """Give the page."""
    page = reference_page(request.app.openapi(), having.shaper.absolute("", request))
    return HTMLResponse(page, headers={"Content-Security-Policy": content_policy(), "Cache-Control": "no-cache"})
