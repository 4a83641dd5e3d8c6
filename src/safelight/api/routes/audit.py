"""The audit log, for admins."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from safelight.api.account_views import AuditPage, entry_view
from safelight.api.caller import Calling, administering
from safelight.api.parts import Having

router = APIRouter(prefix="/audit", tags=["users, keys, audit log"])


@router.get("", summary="The audit log")
def audit(
    having: Having,
    caller: Calling,
    who: Annotated[str | None, Query(max_length=128, description="Only what this user did.")] = None,
    what: Annotated[str | None, Query(max_length=64, description="Only what was done in this way.")] = None,
    cursor: Annotated[
        str | None, Query(max_length=18, pattern=r"^[0-9]{1,18}$", description="`next` of a page.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="Most lines on a page.")] = 50,
) -> AuditPage:
    """Give who signed in or failed to, made and revoked keys, changed users, deleted things, and when."""
    administering(caller)
    found = having.service.audit.page(who=who, what=what, before=int(cursor) if cursor else None, limit=limit)
    return AuditPage(
        entries=[entry_view(one) for one in found], next=str(found[-1].id) if len(found) == limit else None
    )
