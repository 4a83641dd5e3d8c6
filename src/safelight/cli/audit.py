"""``safelight audit``: who did what that matters to others."""

from __future__ import annotations

import json
from typing import Annotated

import typer


def audit(
    user: Annotated[str | None, typer.Option(help="Only what this user did.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many lines at most.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """Show who signed in or failed to, made and revoked keys, changed users, deleted things; the newest first."""
    from dataclasses import asdict

    from rich.markup import escape

    from safelight.cli.listing import at, plain, print_rows
    from safelight.cli.users import opened

    found = opened().audit.page(who=user, limit=limit)
    if as_json:
        for one in found:
            typer.echo(json.dumps(asdict(one), ensure_ascii=False))
        return
    rows = [
        (at(one.at), escape(plain(one.who)), one.via, one.what, escape(plain(one.about)), one.address) for one in found
    ]
    print_rows(("time", "who", "via", "what", "about", "from"), rows)
