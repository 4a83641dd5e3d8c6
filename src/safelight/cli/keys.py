"""``safelight keys``: keys of programs; whether the service runs or not."""

from __future__ import annotations

from typing import Annotated

import typer

from safelight.cli.users import opened

app = typer.Typer(help="See to keys, which programs show in place of a password.", no_args_is_help=True)


@app.command("list")
def list_keys(user: Annotated[str | None, typer.Option(help="Only of this user.")] = None) -> None:
    """Show all keys, without what only their owners know."""
    from rich.markup import escape

    from safelight.accounts.names import known_name
    from safelight.cli.listing import at, plain, print_rows

    rows = [
        (
            one.id, escape(one.user), escape(plain(one.name)), ", ".join(one.scopes), "acts" if one.acts else "",
            at(one.expires_at), at(one.used_at),
        )
        for one in opened().keys.all(known_name(user) if user else None)
    ]  # fmt: skip
    print_rows(("id", "user", "name", "scopes", "", "ends", "used"), rows)


@app.command("add")
def add(
    user: Annotated[str, typer.Argument(help="Whose it is.", show_default=False)],
    name: Annotated[str, typer.Option(help="What it is for.")] = "a program",
    scope: Annotated[
        list[str] | None,
        typer.Option(help="What it may be used for; may be repeated. [default: tasks:read, tasks:write]"),
    ] = None,
    acts: Annotated[bool, typer.Option("--acts", help="It may act for any user; only an admin can have such.")] = False,
    days: Annotated[float | None, typer.Option(min=0.001, help="It ends after so many days. [default: never]")] = None,
) -> None:
    """Make a key; it is told once."""
    from safelight.accounts.keys import new_key
    from safelight.accounts.names import known_name
    from safelight.accounts.role import Role
    from safelight.accounts.scope import USUAL, Scope, scopes_of
    from safelight.tasks.task import now

    try:
        scopes = [Scope(one) for one in scope] if scope else list(USUAL)
    except ValueError as error:
        raise typer.BadParameter(f"choose from {', '.join(Scope)}", param_hint="--scope") from error
    service = opened()
    found = service.users.get(known_name(user))
    if lacking := [one for one in scopes if one not in scopes_of(found.role)]:
        raise typer.BadParameter(f"{found.name} may not do what {', '.join(lacking)} is for", param_hint="--scope")
    if acts and found.role is not Role.ADMIN:
        raise typer.BadParameter("only an admin can have a key that acts for others", param_hint="--acts")
    made = new_key()
    ends = None if days is None else now() + round(days * 86_400_000)
    kept = service.keys.add(
        made.id, made.digest, user=found.name, name=name[:100], scopes=dict.fromkeys(scopes), acts=acts, expires_at=ends
    )
    service.audit.note(
        "key_made", about=f"{made.id} of {found.name}: {', '.join(kept.scopes)}{', acts' if acts else ''}"
    )
    typer.echo(made.text)


@app.command("revoke")
def revoke(ids: Annotated[list[str], typer.Argument(help="Ids of keys.", show_default=False)]) -> None:
    """Take keys away; a service that runs lets nobody in with them after five seconds."""
    service = opened()
    for one in ids:
        found = service.keys.revoke(None, one)
        service.audit.note("key_revoked", about=f"{found.id} of {found.user}")
        typer.echo(f"{one}: revoked")
